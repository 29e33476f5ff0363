/** The workspace under construction: what every subject's file adds its pages, blocks and comments with. */
import type { JsonObject } from '../../workspace/json.ts';
import type { Block, Comment, New, Page, Parent, State } from '../../workspace/state.ts';
import { addBlock, addComment, addPage } from '../../workspace/state.ts';
import type { IdKind } from './ids.ts';
import { notionId } from './ids.ts';
import type { People } from './people.ts';
import { rich } from './text.ts';

/** Everything the sample's files share. */
export interface Sample {
  readonly state: State;
  readonly people: People;
  /** The moment the next thing was created, in milliseconds since 1970; each is later than the one before. */
  nextTime(): number;
  nextId(kind: IdKind): string;
}

/** A block with what lies in it; or a function that puts something else (a page, a database) in its place. */
export type Sketch = BlockSketch | ((parent: Parent) => void);

export interface BlockSketch {
  readonly type: string;
  readonly payload: JsonObject;
  readonly children?: readonly Sketch[];
  readonly id?: string;
  readonly inTrash?: boolean;
  /** Told the block once it is there. */
  readonly after?: (block: Block) => void;
}

/** Time between two things created, in milliseconds: no whole number of minutes. */
const paceMs = 17 * 60_000 + 23_417;

/** A source of times that begins on 2024-03-04. */
export function createTimes(): () => number {
  let now = Date.UTC(2024, 2, 4, 8, 12, 31, 250);
  return () => {
    now += paceMs;
    return now;
  };
}

export function createSample(state: State, people: People, nextTime: () => number): Sample {
  let last = nextTime();
  return {
    state,
    people,
    nextTime: () => {
      last = nextTime();
      return last;
    },
    nextId: (kind) => notionId(state.random, kind, last),
  };
}

export const topLevel: Parent = { type: 'workspace', id: '' };

export function inPage(page: Page): Parent {
  return { type: 'page_id', id: page.id };
}

/** Adds a page outside databases, titled with plain text or runs. */
export function samplePage(
  sample: Sample,
  parent: Parent,
  title: string | JsonObject[],
  more: Partial<Page> = {},
): Page {
  const createdTime = sample.nextTime();
  return addPage(sample.state, {
    id: sample.nextId('page'),
    parent,
    createdTime,
    editedTime: createdTime + paceMs,
    createdBy: sample.people.ada,
    editedBy: sample.people.bruno,
    values: { title: typeof title === 'string' ? (title === '' ? [] : rich(title)) : title },
    ...more,
  });
}

/** Adds blocks, and what lies in them, at the end of `parent`. */
export function draw(sample: Sample, parent: Parent, sketches: readonly Sketch[]): void {
  for (const sketch of sketches) {
    if (typeof sketch === 'function') sketch(parent);
    else drawBlock(sample, parent, sketch);
  }
}

function drawBlock(sample: Sample, parent: Parent, sketch: BlockSketch): void {
  const createdTime = sample.nextTime();
  const block = addBlock(sample.state, {
    id: sketch.id ?? sample.nextId('page'),
    parent,
    type: sketch.type,
    payload: sketch.payload,
    inTrash: sketch.inTrash ?? false,
    createdTime,
    createdBy: sample.people.ada,
    editedBy: sample.people.bruno,
  });
  draw(sample, { type: 'block_id', id: block.id }, sketch.children ?? []);
  sketch.after?.(block);
}

/** Adds a comment of `author` on a page or block; `more.discussionId` puts it in a thread. */
export function sampleComment(
  sample: Sample,
  parent: Parent,
  content: string | JsonObject[],
  more: Partial<New<Comment, 'parent'>> = {},
): Comment {
  const createdTime = sample.nextTime();
  const author = more.createdBy ?? sample.people.ada;
  return addComment(sample.state, {
    id: sample.nextId('comment'),
    discussionId: sample.nextId('discussion'),
    parent,
    richText: typeof content === 'string' ? rich(content) : content,
    createdTime,
    createdBy: author,
    displayName: { type: 'user', resolvedName: sample.state.users.get(author)?.name ?? null },
    ...more,
  });
}
