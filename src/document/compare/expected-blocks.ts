/**
 * The blocks a perfect restore would show: the original's, less what no request can write. Argued from the API reference
 * alone ("Block type objects", "Request limits"); shares nothing with the code that restores but the facts of
 * `block-types.ts`.
 */
import type { ReadOnlyBlockType, WritableBlockType } from '../block-types.ts';
import { isReadOnlyBlockType, isWritableBlockType } from '../block-types.ts';
import type { BlockNode } from '../documents.ts';
import { Gaps, isUnreadBlock } from '../gaps.ts';
import type { JsonObject } from '../json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../json.ts';
import { compactId } from '../notion-id.ts';
import { writableVideo } from '../video-hosts.ts';
import type { Finding } from './block-diff.ts';
import type { BlockForm } from './block-form.ts';
import { blockForm } from './block-form.ts';
import type { Destination } from './context.ts';
import { expectedRuns, isUnwritableExpression } from './expected-runs.ts';
import { sameId } from './references.ts';

export interface ExpectedBlocks {
  readonly shown: readonly BlockForm[];
  /** Pages and databases of columns, toggles and the like: they must lie on the page itself, in this order. */
  readonly moved: readonly BlockForm[];
  /** The parts of the original that no request can write. */
  readonly findings: readonly Finding[];
}

/** The blocks expected on the copy of a page with `blocks`. */
export function expectedBlocks(
  blocks: readonly BlockNode[],
  destination: Destination,
  gaps = new Gaps(null),
): ExpectedBlocks {
  const scan: Scan = { destination, gaps, moved: [], findings: [] };
  return { ...scan, shown: formsOf(blocks, 'blocks', false, scan) };
}

/** The state of one walk over the blocks of a page. */
interface Scan {
  readonly destination: Destination;
  readonly gaps: Gaps;
  readonly moved: BlockForm[];
  readonly findings: Finding[];
}

/** One block of the original. */
interface Part {
  readonly block: BlockNode;
  readonly type: string;
  readonly payload: JsonObject;
  readonly at: string;
  readonly isNested: boolean;
  readonly scan: Scan;
}

type Expect = (part: Part) => BlockForm[];

/** The forms expected for a block requests can create. */
const written: Readonly<Record<WritableBlockType, Expect>> = {
  paragraph: asItIs,
  heading_1: asItIs,
  heading_2: asItIs,
  heading_3: asItIs,
  heading_4: asItIs,
  bulleted_list_item: asItIs,
  numbered_list_item: numbered,
  to_do: asItIs,
  toggle: asItIs,
  quote: asItIs,
  callout,
  code: asItIs,
  equation,
  divider: asItIs,
  breadcrumb: asItIs,
  table_of_contents: asItIs,
  synced_block: (part) => plain(part, isCopyOfLost(part) ? ['absence'] : []),
  column_list: asItIs,
  column: asItIs,
  table: asItIs,
  table_row: tableRow,
  tab: asItIs,
  link_to_page: asItIs,
  embed: asItIs,
  bookmark: asItIs,
  // Extensions under which an external file is taken for what the block says; anything else is refused.
  image: (part) => media(part, /\.(bmp|gif|heic|jpe?g|png|svg|tiff?)$/i),
  video,
  audio: (part) => media(part, /\.(mp3|wav|ogg|oga|m4a)$/i),
  pdf: (part) => media(part),
  file: (part) => media(part),
  child_page: (part) => child(part, 'page_id'),
  child_database: (part) => child(part, 'database_id'),
};

/** The forms expected in the place of a block no request can create. */
const substitutes: Readonly<Record<ReadOnlyBlockType, Expect>> = {
  template: (part) => plain(changed(part, 'toggle', part.payload)),
  link_preview: (part) => plain(changed(part, 'bookmark', { url: part.payload.url ?? '', caption: [] })),
  meeting_notes: meeting,
  transcription: meeting,
  unsupported: () => [],
};

function formsOf(blocks: readonly BlockNode[], at: string, isNested: boolean, scan: Scan): BlockForm[] {
  return blocks.flatMap((block, index) => {
    const type = stringAt(block, 'type') ?? '';
    const payload = objectAt(block, type) ?? {};
    return expected({ block, type, payload, at: `${at}/${index}`, isNested, scan });
  });
}

function expected(part: Part): BlockForm[] {
  const { type } = part;
  if (isWritableBlockType(type)) return written[type](part);
  if (isUnreadBlock(part.block)) return [blockForm(part.block, sameId)];
  if (!isReadOnlyBlockType(type)) return asItIs(part);
  impossible(part, `block ${type}`);
  return substitutes[type](part);
}

function asItIs(part: Part): BlockForm[] {
  return plain(part);
}

function numbered(part: Part): BlockForm[] {
  const { list_start_index: start, list_format: format } = part.payload;
  if ((start ?? 1) !== 1 || (format ?? 'numbers') !== 'numbers')
    impossible(part, 'block numbered_list_item with a start or format of its own');
  return plain(part);
}

/** A callout without an icon cannot be asked for: null is refused, and nothing means the default icon. */
function callout(part: Part): BlockForm[] {
  if (part.payload.icon !== null && part.payload.icon !== undefined) return plain(part);
  impossible(part, 'block callout without an icon');
  return plain(part, ['icon']);
}

/** An equation, or its LaTeX as code where no request takes the expression. */
function equation(part: Part): BlockForm[] {
  const expression = stringAt(part.payload, 'expression') ?? '';
  if (!isUnwritableExpression(expression)) return plain(part);
  impossible(part, 'block equation that is empty or longer than 1,000 characters');
  const text = { type: 'text', text: { content: expression } };
  return plain(changed(part, 'code', { rich_text: [text], caption: [], language: 'latex' }));
}

function tableRow(part: Part): BlockForm[] {
  const cells = arrayAt(part.payload, 'cells').map((cell) =>
    expectedRuns(Array.isArray(cell) ? cell : [], part.scan.destination, (what) => impossible(part, what)),
  );
  return plain({ ...part, payload: { ...part.payload, cells } });
}

/** A media block; `extensions` are those of external files the API takes, where it looks at them. */
function media(part: Part, extensions?: RegExp): BlockForm[] {
  const { type, payload } = part;
  const file = objectAt(payload, 'file');
  if (file?.size === 0) {
    impossible(part, `block ${type} whose bytes are empty or were not kept`);
    return [];
  }
  if (file !== undefined && stringAt(file, 'path') === undefined) {
    // A gap is reported as such.
    if (!isGap(part, file)) impossible(part, `block ${type} whose bytes are empty or were not kept`);
    return plain(part);
  }
  const url = stringAt(objectAt(payload, 'external'), 'url');
  if (url === undefined || extensions === undefined || extensions.test(url.replace(/[?#].*$/s, '')))
    return plain(part);
  impossible(part, `block ${type} that links to a page, not a file`);
  return plain(changed(part, 'embed', { url, caption: payload.caption ?? [] }));
}

/** Files and YouTube stay videos, some under another address; the pages of other hosts become embeds. */
function video(part: Part): BlockForm[] {
  const { payload } = part;
  const given = stringAt(objectAt(payload, 'external'), 'url');
  if (given === undefined) return media(part);
  const { type, url } = writableVideo(given);
  if (type === 'embed') {
    impossible(part, 'block video that links to a page, not a file');
    return plain(changed(part, 'embed', { url, caption: payload.caption ?? [] }));
  }
  if (url === given) return plain(part);
  impossible(part, 'block video under an address of another form');
  return plain(changed(part, 'video', { ...payload, external: { url } }));
}

function isGap({ scan }: Part, file: JsonObject): boolean {
  return scan.gaps.of('media').some(({ id }) => id === file.url);
}

function child(part: Part, key: 'page_id' | 'database_id'): BlockForm[] {
  const { block, type, isNested, scan } = part;
  const id = stringAt(block, 'id') ?? '';
  const form = blockForm(block, sameId);
  if (!scan.destination.isRestored(compactId(id))) {
    // One that could not be read is reported as such.
    if (scan.destination.isUnread?.(compactId(id)) === true) return [{ ...form, loose: ['unknown'] }];
    impossible(part, `block ${type} that is not in the snapshot`);
    // A linked view of a database may come back as a new one; what could not be read cannot.
    return type === 'child_database' ? [{ ...form, loose: ['identity', 'absence'] }] : [];
  }
  if (!isNested) return [form];
  // Neither pages nor databases can be created inside a block: they go to the page, a link stays.
  impossible(part, `${type} inside a block`);
  scan.moved.push(form);
  return [blockForm({ type: 'link_to_page', link_to_page: { type: key, [key]: id } }, sameId)];
}

/** A toggle with the title; the lists below it are the writer's to lay out. */
function meeting(part: Part): BlockForm[] {
  return plain(changed({ ...part, block: {} }, 'toggle', { rich_text: part.payload.title ?? [] }), [
    'children',
  ]);
}

/** The same block as one of another type. */
function changed(part: Part, type: string, payload: JsonObject): Part {
  return { ...part, type, payload };
}

/** One request takes at most so many runs in a rich text; more must go on in a block of their own. */
const maxRuns = 100;

/** A block with texts and children as expected; cut in several when it has too many runs for one request. */
function plain(part: Part, loose: BlockForm['loose'] = []): BlockForm[] {
  const { block, type, at, scan } = part;
  const payload = { ...part.payload };
  for (const key of ['rich_text', 'caption']) {
    const runs = payload[key];
    if (Array.isArray(runs))
      payload[key] = expectedRuns(runs, scan.destination, (what) => impossible(part, what));
  }
  const payloads = cutRuns(part, payload);
  const isCopy = type === 'synced_block' && isObject(payload.synced_from);
  const children = isCopy ? [] : formsOf(block.children ?? [], `${at}/children`, true, scan);
  return payloads.map((cut, index) => {
    const form = blockForm({ ...block, type, [type]: cut, children: [] }, sameId, scan.gaps);
    const allLoose = [...(form.loose ?? []), ...loose];
    return {
      ...form,
      children: index === 0 ? children : [],
      ...(allLoose.length === 0 ? {} : { loose: allLoose }),
    };
  });
}

function cutRuns(part: Part, payload: JsonObject): JsonObject[] {
  const runs = arrayAt(payload, 'rich_text');
  if (runs.length <= maxRuns) return [payload];
  const payloads: JsonObject[] = [];
  for (let from = 0; from < runs.length; from += maxRuns) {
    if (from > 0) impossible(part, 'text of more than 100 runs in one block');
    payloads.push({ ...payload, rich_text: runs.slice(from, from + maxRuns) });
  }
  return payloads;
}

function isCopyOfLost({ payload, scan }: Part): boolean {
  const source = objectAt(payload, 'synced_from');
  return source !== undefined && !scan.destination.isRestored(compactId(stringAt(source, 'block_id') ?? ''));
}

function impossible({ scan, at }: Part, what: string): void {
  scan.findings.push({ verdict: 'impossible', what, at });
}
