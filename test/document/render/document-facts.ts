/** Facts of a document, taken from its JSON alone: nothing of the renderer is used here. */
import type { BlockNode, PageDocument } from '../../../src/document/documents.ts';
import type { Fact, Stretch } from './facts.ts';
import { isBlank, trimmed } from './facts.ts';

// biome-ignore lint/suspicious/noExplicitAny: documents are read here as they come.
type Any = any;

/** Where links lead: the same rule for the rendering and for the facts. */
export function hrefOfObject(id: string): string {
  return `../${id.replaceAll('-', '').slice(-6)}~1/page.md`;
}

/** Title, blocks and comments of a page. The list of properties is left out: `properties.test.ts` has it. */
export function documentFacts(document: PageDocument): Fact[] {
  const blocks = document.blocks as Any[];
  const title = Object.values(document.page.properties as Any).find(
    (property: Any) => property.type === 'title',
  ) as Any;
  const words = stretches(title?.title);
  const comments = (document.comments as Any[]).map((comment) => ({
    kind: 'comment',
    words: [
      ...stretches(comment.rich_text),
      ...((comment.attachments ?? []) as Any[]).flatMap(({ category, file }) => [
        plain(' '),
        plain(`[${category}]`, `link=${encoded(file.path)}`),
      ]),
    ],
  }));
  return [
    { kind: 'heading 1', words: isBlank(words) ? [{ text: 'Untitled', marks: [] }] : words },
    ...blockFacts(blocks, headingsOf(blocks)),
    ...comments,
  ];
}

interface Heading {
  readonly level: number;
  readonly title: string;
}

function headingsOf(blocks: readonly Any[]): Heading[] {
  return blocks.flatMap((block) => {
    const level = Number(/^heading_(\d)$/.exec(block.type)?.[1] ?? 0);
    const runs = (block[block.type]?.rich_text ?? []) as Any[];
    const title = plain(runs.map((run) => run.plain_text ?? run.text?.content ?? '').join('')).text.trim();
    const own = level > 0 && title !== '' ? [{ level, title }] : [];
    return [
      ...own,
      ...headingsOf(block.children ?? []),
      ...Object.values(block.sections ?? {}).flatMap((list) => headingsOf(list as Any[])),
    ];
  });
}

/** No control characters and no marks that hide or reorder text: a blank for each; one kind of line end. */
function shown(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
      ' ',
    );
}

const safe = /^(https?|mailto|tel|ftp|notion):/i;

function target(url: string | undefined): string | undefined {
  if (url === undefined || url === null || url === '') return undefined;
  const id =
    /^(?:https?:\/\/(?:www\.|app\.)?notion\.(?:so|com)|)\/(?:[^?#]*[-/])?([0-9a-f]{32})(?:[?#].*)?$/i.exec(
      url,
    )?.[1];
  return id !== undefined ? hrefOfObject(id) : safe.test(url) ? url : undefined;
}

/** Rich text as stretches. */
export function stretches(runs: Any): Stretch[] {
  return ((runs ?? []) as Any[]).flatMap(stretchesOf).filter(({ text }) => text !== '');
}

function stretchesOf(run: Any): Stretch[] {
  const look = run.annotations ?? {};
  const marks: string[] = [];
  if (look.bold) marks.push('bold');
  if (look.italic) marks.push('italic');
  if (look.strikethrough) marks.push('strike');
  if (look.underline) marks.push('underline');
  const mentioned = run.mention?.page?.id ?? run.mention?.database?.id;
  const href = mentioned === undefined ? target(run.text?.link?.url ?? run.href) : hrefOfObject(mentioned);
  if (href !== undefined) marks.push(`link=${href}`);
  const expression = run.equation?.expression;
  if (expression !== undefined)
    return expression.trim() === '' ? [] : [{ text: tex(expression), marks: [...marks, 'math'] }];
  const words = shown(run.text?.content ?? run.plain_text ?? '');
  const text = words === '' && mentioned !== undefined ? 'Untitled' : words;
  if (look.code !== true) return [{ text, marks }];
  // A line end stands outside of code: code in Markdown is one line.
  return text
    .split(/(\n)/)
    .map((part) => ({ text: part, marks: part === '\n' ? marks : [...marks, 'code'] }));
}

/** TeX with one word for a bar and one blank for many. */
export function tex(expression: string): string {
  return shown(expression)
    .replace(/<(?=[a-z/!?])/gi, '\\lt ')
    .replace(/\]\s*(?=[([])/g, '] ')
    .replace(/:(?:\{\})?\/\//g, ':{}//')
    .replace(/(www)(?:\{\})?(?=\.)/gi, '$1{}')
    .replaceAll('\\|', '\\Vert ')
    .replaceAll('|', '\\vert ')
    .replace(/\s+/g, ' ')
    .trim();
}

const lists: Any = { bulleted_list_item: true, numbered_list_item: true, to_do: true };

interface OpenList {
  readonly type: string;
  next: number;
  readonly items: Fact[];
}

export function blockFacts(blocks: readonly Any[], headings: readonly Heading[]): Fact[] {
  const facts: Fact[] = [];
  let open: OpenList | undefined;
  for (const block of blocks) {
    if (lists[block.type] !== true) {
      open = undefined;
      facts.push(...blockFact(block, headings));
      continue;
    }
    const payload = block[block.type];
    const start = payload.list_start_index ?? undefined;
    if (open === undefined || open.type !== block.type || (start !== undefined && start !== open.next)) {
      const first = block.type === 'numbered_list_item' ? (start ?? 1) : 1;
      open = { type: block.type, next: first, items: [] };
      facts.push({
        kind: block.type === 'numbered_list_item' ? `list ${first}` : 'list',
        children: open.items,
      });
    }
    const words = stretches(payload.rich_text);
    open.next += 1;
    open.items.push({
      kind: block.type !== 'to_do' ? 'item' : payload.checked === true ? 'task x' : 'task -',
      words: isBlank(words) ? [] : words,
      children: below(block, headings),
    });
  }
  return facts;
}

function below(block: BlockNode, headings: readonly Heading[]): Fact[] {
  return blockFacts(block.children ?? [], headings);
}

function sentence(words: readonly Stretch[]): Fact[] {
  return words.every(({ text }) => text === '') ? [] : [{ kind: 'paragraph', words }];
}

function boxed(kind: string, children: Fact[]): Fact[] {
  return children.length === 0 ? [] : [{ kind, children }];
}

function plain(text: string, ...marks: string[]): Stretch {
  return { text: shown(text.replace(/[\n\r\t]/g, ' ')), marks };
}

function blockFact(block: Any, headings: readonly Heading[]): Fact[] {
  const payload = block[block.type] ?? {};
  const words = stretches(payload.rich_text);
  const children = () => below(block, headings);
  switch (block.type) {
    case 'heading_1':
    case 'heading_2':
    case 'heading_3':
    case 'heading_4':
      return [{ kind: `heading ${Number(block.type.at(-1)) + 1}`, words }, ...children()];
    case 'paragraph':
      return [...sentence(words), ...boxed('indented', children())];
    case 'toggle':
      return [{ kind: 'details', words, children: children() }];
    case 'quote':
      return [{ kind: 'quote', children: [...sentence(words), ...children()] }];
    case 'callout': {
      const mark = iconOf(payload.icon);
      const own = [...mark, ...(mark.length > 0 && words.length > 0 ? [plain(' ')] : []), ...words];
      return boxed('callout', [...sentence(own), ...children()]);
    }
    case 'code': {
      const name = (payload.language ?? '')
        .trim()
        .toLowerCase()
        .replace(/[\s`]+/g, '-');
      const text = shown(
        ((payload.rich_text ?? []) as Any[]).map((run) => run.plain_text ?? run.text?.content ?? '').join(''),
      );
      return [
        { kind: `code ${name === 'plain-text' ? '' : name}`, words: [{ text, marks: [] }] },
        ...sentence(stretches(payload.caption)),
      ];
    }
    case 'equation':
      return [{ kind: 'equation', words: [{ text: tex(payload.expression ?? ''), marks: [] }] }];
    case 'divider':
      return [{ kind: 'rule' }];
    case 'breadcrumb':
      return [];
    case 'table_of_contents':
      return boxed('list', contents(headings));
    case 'table':
      return boxed(
        'table',
        (block.children ?? []).map((row: Any) => ({
          kind: 'row',
          children: (row.table_row?.cells ?? []).map((cell: Any) => ({
            kind: 'cell',
            words: trimmed(stretches(cell)),
          })),
        })),
      );
    case 'tab':
      return (block.children ?? []).flatMap((child: Any): Fact[] => {
        const own = child[child.type] ?? {};
        const mark = iconOf(own.icon);
        const label = [...mark, ...(mark.length > 0 ? [plain(' ')] : []), ...stretches(own.rich_text)];
        const bold = label.map(({ text, marks }) => ({ text, marks: [...marks, 'bold'] }));
        return [...sentence(bold), ...below(child, headings)];
      });
    case 'link_to_page':
      return [link(payload.page_id ?? payload.database_id ?? payload.comment_id ?? '', '')];
    case 'child_page':
    case 'child_database':
      return [link(block.id, payload.title ?? '')];
    case 'embed':
    case 'bookmark':
    case 'link_preview': {
      const href = target(payload.url);
      return sentence(linkedWords(stretches(payload.caption), payload.url ?? '', href));
    }
    case 'image':
    case 'video':
    case 'audio':
    case 'pdf':
    case 'file':
      return mediaFact(block.type, payload);
    case 'meeting_notes':
    case 'transcription': {
      const title = stretches(payload.title).map(({ text, marks }) => ({ text, marks: [...marks, 'bold'] }));
      const named = block.sections ?? {};
      const parts = ['summary', 'notes', 'transcript'].flatMap((name) => {
        const list = blockFacts(named[name] ?? [], headings);
        const label = name.charAt(0).toUpperCase() + name.slice(1);
        return list.length === 0
          ? []
          : [{ kind: 'paragraph', words: [{ text: label, marks: ['italic'] }] }, ...list];
      });
      return [...sentence(title), ...sentence(words), ...parts, ...children()];
    }
    case 'unsupported':
      return [
        {
          kind: 'paragraph',
          words: [
            {
              text: `a ${payload.block_type ?? 'kind of'} block that Notion’s API does not give`,
              marks: ['italic'],
            },
          ],
        },
      ];
    default:
      return [...sentence(words), ...children()];
  }
}

function iconOf(value: Any): Stretch[] {
  if (value?.emoji !== undefined) return [plain(value.emoji)];
  const path = value?.file?.path ?? value?.custom_emoji?.path;
  return path === undefined ? [] : [{ text: '\ufffc', marks: [`image=${encoded(path)}`] }];
}

function encoded(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

function link(id: string, title: string): Fact {
  return { kind: 'paragraph', words: [plain(title || 'Untitled', `link=${hrefOfObject(id)}`)] };
}

/** The caption, else the address, as a link; a link of the caption's own gives way. */
function linkedWords(caption: readonly Stretch[], name: string, href: string | undefined): Stretch[] {
  const words = caption.every(({ text }) => text === '') ? [plain(name)] : caption;
  if (href === undefined) return [...words];
  return words.map(({ text, marks }) => ({
    text,
    marks: [...marks.filter((mark) => !mark.startsWith('link=')), `link=${href}`],
  }));
}

function mediaFact(kind: string, payload: Any): Fact[] {
  // A hosted file without its path is not in the backup: its note says so, and notes are no facts of the page.
  if (
    payload.external?.missing !== undefined ||
    (payload.file !== undefined && payload.file.path === undefined)
  )
    return [];
  const path = payload.file?.path;
  const url = payload.external?.url ?? payload.file?.url;
  const href = path === undefined ? target(url) : encoded(path);
  const name =
    payload.name ||
    (path ?? url ?? '')
      .replace(/[?#].*$/s, '')
      .split('/')
      .at(-1) ||
    'file';
  const caption = stretches(payload.caption);
  if (href === undefined) {
    const own = { text: `${kind}: ${plain(name).text}`, marks: ['italic'] };
    return sentence([own, ...(caption.length === 0 ? [] : [plain(' '), ...caption])]);
  }
  if (kind !== 'image') return sentence(linkedWords(caption, name, href));
  const isPlain = caption.every(({ text, marks }) => marks.length === 0 || isBlank([{ text, marks }]));
  const alt = isPlain
    ? caption
        .map(({ text }) => text)
        .join('')
        .replaceAll('\n', ' ')
        .trim()
    : '';
  return [
    { kind: `image ${alt || plain(name).text}`, words: [{ text: '\ufffc', marks: [`image=${href}`] }] },
    ...(isPlain ? [] : sentence(caption)),
  ];
}

/** The headings, each below the nearest before it that ranks higher. */
function contents(headings: readonly Heading[]): Fact[] {
  const root: Fact[] = [];
  const open: { level: number; items: Fact[] }[] = [{ level: 0, items: root }];
  for (const { level, title } of headings) {
    while ((open.at(-1)?.level ?? 0) >= level) open.pop();
    const lists: Fact[] = [];
    const items = open.at(-1)?.items ?? root;
    const at = { level, items: lists };
    items.push({
      kind: 'item',
      words: [{ text: title, marks: ['link=#'] }],
      get children() {
        return boxed('list', lists);
      },
    } as Fact);
    open.push(at);
  }
  return root;
}
