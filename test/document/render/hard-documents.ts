/** Pages of what Markdown finds hard, drawn from a seed. */
import type { BlockNode, PageDocument } from '../../../src/document/documents.ts';
import type { JsonObject } from '../../../src/document/json.ts';
import { seededRandom } from '../../../src/simulator/workspace/random.ts';

/** Pieces of text that mean something to a reader of Markdown, and words of scripts with marks of their own. */
const pieces = [
  ...[
    '*',
    '**',
    '***',
    '_',
    '__',
    '~',
    '~~',
    '`',
    '``',
    '```',
    '~~~',
    '|',
    '||',
    '|-|',
    '\\',
    '\\\\',
    '$',
    '$$',
    '$x$',
  ],
  ...[
    '#',
    '# ',
    '###### ',
    '- ',
    '+ ',
    '* ',
    '1. ',
    '7) ',
    '> ',
    '---',
    '***',
    '===',
    '= ',
    '[ ] ',
    '[x] ',
    ': ',
  ],
  ...[
    '[',
    ']',
    '](',
    '](x)',
    '![',
    '![a](b)',
    '[^1]',
    '[^1]: ',
    '[a]: b',
    '<',
    '>',
    '<b>',
    '</b>',
    '</details>',
    '<!--',
  ],
  ...[
    '</aside>',
    '<br>',
    '<u>',
    '&',
    '&amp;',
    '&#35;',
    '&nbsp;',
    '!',
    '^',
    '"',
    "'",
    '(',
    ')',
    '{',
    '}',
    '%',
    '@',
    ':',
    ';',
  ],
  ...[
    ' ',
    '  ',
    '    ',
    '\t',
    '\n',
    '\n\n',
    '\r\n',
    '\u0007',
    '\u00a0',
    '\u3000',
    'a',
    'B',
    '7',
    'word',
    'snake_case',
    '2*3*4',
  ],
  ...[
    '。',
    '「',
    '」',
    '，',
    '！',
    '（',
    '）',
    '漢字',
    'かな',
    '한글',
    'عربي',
    'é',
    'é',
    '😀',
    '👩‍👩‍👧',
    '“',
    '”',
    '—',
    '…',
  ],
  ...[
    'https://example.com/a_b_c',
    'https://example.com/(x)*y*~z~',
    'http://example.com/?a=b&copy=1#d',
    'www.example.com',
  ],
  ...['me@example.com', 'https://example.com/a|b', '<https://example.com>', 'https://example.com/a。b'],
];

const addresses = [
  ...[
    'https://example.com/a b',
    'https://example.com/(a)',
    'https://example.com/)(',
    'https://example.com/[x]?a=b&copy=c',
  ],
  ...[
    'https://example.com/<x>',
    'https://example.com/a_b*c*~d~',
    'https://example.com/"q"',
    'mailto:me@example.com',
  ],
  ...[
    'https://example.com/\\',
    'https://example.com/a|b',
    'https://example.com/`x`',
    'https://example.com/é',
    'https://example.com',
  ],
];

const formulas = [
  'x',
  'x^2 | y',
  '\\|v\\|',
  'a $ b',
  '$',
  '\\$',
  'a\nb',
  '\\text{`}',
  '\\frac{1}{2}',
  '{|}',
  ' x ',
  '*a*',
  '\\\\',
];

class Draw {
  readonly #random;
  #blocks = 0;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  below(limit: number): number {
    return this.#random.below(limit);
  }

  one<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }

  text(most = 5): string {
    return Array.from({ length: this.below(most + 1) }, () => this.one(pieces)).join('');
  }

  words(most = 4): JsonObject[] {
    return Array.from({ length: this.below(most + 1) }, () => this.#run());
  }

  #run(): JsonObject {
    const chance = () => this.below(4) === 0;
    const annotations = {
      bold: chance(),
      italic: chance(),
      strikethrough: chance(),
      underline: chance(),
      code: chance(),
      color: 'default',
    };
    if (this.below(10) === 0) {
      const expression = this.one(formulas);
      return {
        type: 'equation',
        equation: { expression },
        annotations: { ...annotations, code: false },
        plain_text: expression,
        href: null,
      };
    }
    const content = this.text();
    const link = this.below(5) === 0 ? { url: this.one(addresses) } : null;
    return {
      type: 'text',
      text: { content, link },
      annotations,
      plain_text: content,
      href: link?.url ?? null,
    };
  }

  blocks(depth: number): BlockNode[] {
    return Array.from({ length: this.below(depth > 2 ? 3 : 6) }, () => this.block(depth));
  }

  block(depth: number): BlockNode {
    const type = this.one(types.filter((name) => depth < 4 || !nests.has(name)));
    const children = nests.has(type) && this.below(2) === 0 ? this.blocks(depth + 1) : [];
    this.#blocks += 1;
    const id = `00000000-0000-4000-8000-${String(this.#blocks).padStart(12, '0')}`;
    return { id, object: 'block', type, [type]: this.#payload(type), ...this.#below(type, children) };
  }

  #below(
    type: string,
    children: BlockNode[],
  ): { children?: BlockNode[]; sections?: { [name: string]: BlockNode[] } } {
    if (type === 'table') {
      const width = 1 + this.below(3);
      const rows = Array.from({ length: 1 + this.below(3) }, () => ({
        type: 'table_row',
        table_row: { cells: Array.from({ length: width }, () => this.words(3)) },
      }));
      return { children: rows };
    }
    if (type === 'meeting_notes')
      return { sections: { transcript: this.blocks(4), notes: this.blocks(4), summary: this.blocks(4) } };
    if (type === 'tab') {
      const label = () => ({
        type: 'paragraph',
        paragraph: { rich_text: this.words() },
        children: this.blocks(4),
      });
      return { children: [label(), label()] };
    }
    return children.length === 0 ? {} : { children };
  }

  #payload(type: string): JsonObject {
    const rich_text = this.words();
    switch (type) {
      case 'to_do':
        return { rich_text, checked: this.below(2) === 0 };
      case 'numbered_list_item':
        return { rich_text, ...(this.below(4) === 0 ? { list_start_index: this.one([0, 1, 7, 100]) } : {}) };
      case 'code':
        return {
          rich_text: this.words(6),
          language: this.one(['plain text', 'c++', 'javascript', 'java/c/c++/c#', '`']),
          caption: this.words(2),
        };
      case 'equation':
        return { expression: this.one(formulas) };
      case 'callout':
        return { rich_text, icon: this.one([null, { type: 'emoji', emoji: '💡' }]), color: 'red_background' };
      case 'bookmark':
      case 'embed':
        return { url: this.one(addresses), caption: this.words(2) };
      case 'image':
      case 'file':
        return {
          type: 'external',
          external: { url: this.one(addresses) },
          name: this.text(2),
          caption: this.words(2),
        };
      case 'meeting_notes':
        return { title: this.words(2) };
      case 'child_page':
        return { title: this.text(3) };
      case 'table':
        return { has_column_header: this.below(2) === 0 };
      case 'unsupported':
        return { block_type: 'button' };
      default:
        return { rich_text };
    }
  }
}

const nests = new Set([
  ...[
    'paragraph',
    'bulleted_list_item',
    'numbered_list_item',
    'to_do',
    'toggle',
    'quote',
    'callout',
    'heading_2',
    'synced_block',
  ],
]);
const types = [
  ...nests,
  ...[
    'bulleted_list_item',
    'numbered_list_item',
    'to_do',
    'paragraph',
    'heading_1',
    'heading_3',
    'heading_4',
    'code',
    'equation',
    'divider',
  ],
  ...[
    'table',
    'table',
    'tab',
    'bookmark',
    'embed',
    'image',
    'file',
    'meeting_notes',
    'child_page',
    'unsupported',
    'table_of_contents',
  ],
];

/** A page of hard blocks; equal seeds give equal pages. */
export function hardDocument(seed: number): PageDocument {
  const draw = new Draw(seed);
  const title = draw.words();
  return pageOf(draw.blocks(0), title, [
    {
      id: 'c',
      parent: { type: 'page_id', page_id: 'p' },
      created_time: '2026-01-05',
      display_name: { resolved_name: 'Ann' },
      rich_text: draw.words(),
    },
  ]);
}

/** Blocks as a page. */
export function pageOf(
  blocks: BlockNode[],
  title: JsonObject[] = [],
  comments: JsonObject[] = [],
): PageDocument {
  return {
    kind: 'page',
    format: 1,
    page: { id: 'p', properties: { Name: { id: 'title', type: 'title', title } } },
    blocks,
    comments,
  };
}
