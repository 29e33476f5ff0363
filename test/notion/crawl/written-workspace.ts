/** A workspace written by hand for tests of crawls: a shared Home with pages of paragraphs, all long unedited. */
import type { Block, Page, State } from '../../../src/simulator/workspace/state.ts';
import {
  addBlock,
  addComment,
  addPage,
  createState,
  richText,
} from '../../../src/simulator/workspace/state.ts';

const longAgo = Date.UTC(2026, 0, 5, 9);

export interface WrittenPage {
  readonly page: Page;
  readonly blocks: readonly Block[];
}

export class WrittenWorkspace {
  readonly state: State = createState({ workspaceName: 'Written', seed: 4 });
  readonly home: Page;
  #comments = 0;

  constructor() {
    const values = { title: richText('Home') };
    this.home = addPage(this.state, {
      parent: { type: 'workspace', id: '' },
      values,
      createdTime: longAgo,
    });
    this.state.shared.add(this.home.id);
  }

  page(title: string, ...texts: readonly string[]): WrittenPage {
    const parent = { type: 'page_id', id: this.home.id } as const;
    const page = addPage(this.state, { parent, values: { title: richText(title) }, createdTime: longAgo });
    return {
      page,
      blocks: texts.map((text) => this.block(page, 'paragraph', { rich_text: richText(text) })),
    };
  }

  block(page: Page, type: string, payload: Block['payload']): Block {
    const parent = { type: 'page_id', id: page.id } as const;
    return addBlock(this.state, { parent, type, payload, createdTime: longAgo });
  }

  /** A comment later than those before it. */
  comment(on: Page | Block, text: string, user?: string) {
    this.#comments += 1;
    const parent = { type: on.kind === 'page' ? 'page_id' : 'block_id', id: on.id } as const;
    const createdTime = longAgo + this.#comments * 60_000;
    return addComment(this.state, {
      parent,
      richText: richText(text),
      createdTime,
      ...(user === undefined ? {} : { createdBy: user }),
    });
  }
}
