/** The blocks of a generated page and their nesting; their contents are created elsewhere. */
import type { Random } from '../../workspace/random.ts';
import { shuffled } from '../../workspace/random.ts';
import { pick } from './words.ts';

export interface LayoutOptions {
  /** Blocks a page has on average, those that lie in others included. */
  readonly blocks: number;
  /** Blocks with children: exactly so many on each page. */
  readonly containers: number;
  /** Maximum depth of nested containers, page aside. */
  readonly depth: number;
  /** `every`: every kind of block. `plain`: only kinds that cost one listing each when they have children. */
  readonly variety: 'every' | 'plain';
}

export interface PlannedBlock {
  readonly type: string;
  /** Number of the block it lies in; −1 on the page itself. */
  readonly parent: number;
  readonly children: number[];
  /** For tables and their rows, how many cells; for copies of synced blocks, one more than the original's number. */
  readonly detail: number;
}

/** The blocks of a page by number, and the numbers of those that lie on the page itself. */
export interface Layout {
  readonly blocks: readonly PlannedBlock[];
  readonly top: readonly number[];
}

const plainContainers = [
  ...[
    'toggle',
    'bulleted_list_item',
    'numbered_list_item',
    'to_do',
    'quote',
    'callout',
    'paragraph',
    'table',
  ],
  ...['heading_1', 'heading_2', 'heading_3', 'heading_4', 'column_list'],
];
const everyContainer = [...plainContainers, 'tab', 'synced_block', 'template', 'meeting_notes'];

const plainLeaves = [
  ...['paragraph', 'paragraph', 'paragraph', 'paragraph', 'paragraph', 'paragraph', 'paragraph', 'paragraph'],
  ...[
    'bulleted_list_item',
    'bulleted_list_item',
    'bulleted_list_item',
    'numbered_list_item',
    'to_do',
    'to_do',
  ],
  ...[
    'heading_1',
    'heading_2',
    'heading_3',
    'heading_4',
    'quote',
    'callout',
    'code',
    'divider',
    'bookmark',
    'equation',
  ],
  ...['image', 'embed', 'table_of_contents', 'breadcrumb', 'link_to_page'],
];
const everyLeaf = [
  ...plainLeaves,
  'toggle',
  'link_preview',
  'video',
  'pdf',
  'audio',
  'file',
  'unsupported',
  'copy',
];

/** Plans the page whose randomness is `random`. */
export function planPage(random: Random, options: LayoutOptions): Layout {
  const plan = new Plan(random, options);
  plan.addContainers();
  plan.addLeaves();
  return plan.finish();
}

class Plan {
  readonly #random: Random;
  readonly #options: LayoutOptions;
  readonly #blocks: PlannedBlock[] = [];
  readonly #top: number[] = [];
  /** Containers that take any block, with their depth; the page is −1. */
  readonly #hosts: { readonly number: number; readonly depth: number }[] = [{ number: -1, depth: 0 }];
  #originals: number[] = [];

  constructor(random: Random, options: LayoutOptions) {
    this.#random = random;
    this.#options = options;
  }

  /** Adds units of containers until their number is reached; units too big for what is left are passed over. */
  addContainers(): void {
    const kinds = this.#options.variety === 'every' ? everyContainer : plainContainers;
    let left = this.#options.containers;
    while (left > 0) {
      const type = pick(this.#random, kinds);
      const cost = type === 'column_list' || type === 'tab' ? 3 : type === 'meeting_notes' ? 4 : 1;
      if (cost > left) continue;
      left -= cost;
      this.#addUnit(type);
    }
  }

  /** Gives each empty host a leaf, then spreads the rest. */
  addLeaves(): void {
    for (const { number } of this.#hosts) {
      if (number >= 0) this.#add(pick(this.#random, plainLeaves), number, 0);
    }
    const wanted = Math.round(this.#options.blocks * (0.5 + this.#random.next()));
    while (this.#blocks.length < wanted) this.#addLeaf(pick(this.#random, this.#hosts).number);
  }

  finish(): Layout {
    const fixed = new Set(['table', 'meeting_notes']);
    for (const { type, children } of this.#blocks) {
      if (!fixed.has(type)) children.splice(0, children.length, ...shuffled(children, this.#random));
    }
    return { blocks: this.#blocks, top: shuffled(this.#top, this.#random) };
  }

  #addUnit(type: string): void {
    const open = this.#hosts.filter(({ depth }) => depth < this.#options.depth);
    const host = pick(this.#random, open.length === 0 ? this.#hosts.slice(0, 1) : open);
    if (type === 'table') {
      this.#addTable(host.number);
      return;
    }
    const number = this.#add(type, host.number, 0);
    if (type === 'synced_block') this.#originals = [...this.#originals, number];
    const parts = { column_list: ['column', 'column'], tab: ['paragraph', 'paragraph'] }[type];
    const sections = type === 'meeting_notes' ? ['paragraph', 'paragraph', 'paragraph'] : parts;
    if (sections === undefined) this.#hosts.push({ number, depth: host.depth + 1 });
    for (const section of sections ?? []) {
      this.#hosts.push({ number: this.#add(section, number, 0), depth: host.depth + 2 });
    }
  }

  #addTable(host: number): void {
    const width = 1 + this.#random.below(4);
    const table = this.#add('table', host, width);
    const rows = 1 + this.#random.below(4);
    for (let row = 0; row < rows; row += 1) this.#add('table_row', table, width);
  }

  #addLeaf(host: number): void {
    const type = pick(this.#random, this.#options.variety === 'every' ? everyLeaf : plainLeaves);
    if (type !== 'copy') this.#add(type, host, 0);
    else if (this.#originals.length === 0) this.#add('paragraph', host, 0);
    else this.#add('synced_block', -1, pick(this.#random, this.#originals) + 1);
  }

  #add(type: string, parent: number, detail: number): number {
    const number = this.#blocks.length;
    this.#blocks.push({ type, parent, children: [], detail });
    (this.#blocks[parent]?.children ?? this.#top).push(number);
    return number;
  }
}
