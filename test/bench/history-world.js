/**
 * Two backups of one workspace of any size: half of the objects are rows of two databases, the others pages, nine below
 * every tenth, a hundred in each section. Between the two lie {@link edits}.
 */
import { renumbered } from './history-documents.js';

/** Edits of each kind between the two backups. */
export const edits = { edited: 25, retitled: 10, added: 5, removed: 5, moved: 5 };

const modified = '2026-01-01T00:00:00.000Z';

/**
 * The objects as a tree. Pages are numbered from 0; those that were edited are far from each other.
 * @param {number} pages pages and rows in all
 * @param {boolean} isLater as it is in the second backup
 */
function worldOf(pages, isLater) {
  const kindOf = isLater ? editsByNumber(pages) : new Map();
  const rows = Math.floor(pages / 2);
  const object = (kind, number, below = []) => ({ kind, number, below, edit: kindOf.get(number) });
  const databases = [0, 1].map((which) => {
    const [first, last] = [Math.floor((rows * which) / 2), Math.floor((rows * (which + 1)) / 2)];
    return object(
      'database',
      pages + 100 + which,
      range(first, last).map((number) => object('row', number)),
    );
  });
  const groups = range(rows, pages)
    .filter((number) => (number - rows) % 10 === 0)
    .map((first) => {
      const below = range(first + 1, Math.min(first + 10, pages)).map((number) => object('page', number));
      return object('page', first, below);
    });
  const sections = range(0, Math.ceil(groups.length / 10)).map((at) =>
    object('page', pages + 1_000 + at, groups.slice(at * 10, at * 10 + 10)),
  );
  const home = object('page', pages + 999, [...databases, ...sections]);
  if (isLater) {
    removeAndMove(home);
    home.below.push(...range(0, edits.added).map((at) => object('page', pages + 10 + at)));
  }
  return home;
}

/** What was done to which number; those that were moved are pages without pages below. */
function editsByNumber(pages) {
  const kinds = Object.entries(edits).flatMap(([kind, count]) =>
    kind === 'added' ? [] : Array.from({ length: count }, () => kind),
  );
  const step = Math.floor(pages / kinds.length);
  return new Map(
    kinds.map((kind, at) => [at * step + (at * step >= pages / 2 ? 5 - ((at * step) % 10) : 0), kind]),
  );
}

function removeAndMove(home) {
  const moved = [];
  const keep = (parent) => {
    parent.below = parent.below.filter((child) => {
      if (child.edit === 'moved') moved.push(child);
      return child.edit !== 'removed' && child.edit !== 'moved';
    });
    parent.below.forEach(keep);
  };
  keep(home);
  home.below.push(...moved);
}

function range(from, to) {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}

/**
 * Writes one backup.
 * @param {{ pages: string[], rows: string[], databases: string[] }} documents
 * @returns what was written: objects, bytes of documents, and for each object that was not edited a word that few have
 */
export async function writeWorld(writer, documents, { pages, isLater }) {
  const written = { objects: 0, bytes: 0, samples: [] };
  const file = async (name, text) => {
    const bytes = Buffer.from(text);
    written.bytes += bytes.length;
    await writer.step({ type: 'file', name, modified, content: await writer.writeDocument(bytes) });
  };
  const directory = ({ number }) => `Object ${number}~${number.toString(16).padStart(8, '0')}`;
  const put = async (object) => {
    const { id, text, words } = documentOf(documents, object);
    const kind = object.kind === 'database' ? 'database' : 'page';
    written.objects += 1;
    // A new title may have taken the word away.
    if (words.length > 0 && object.edit === undefined)
      written.samples.push({ id, word: words[object.number % words.length] });
    await writer.step({
      type: 'enter',
      name: directory(object),
      modified,
      object: { id, kind, edited: modified },
    });
    await putAll(object.below, `${kind}.json`, text);
    await writer.step({ type: 'leave' });
  };
  const putAll = async (objects, name, text) => {
    const below = [...objects].sort((a, b) =>
      Buffer.compare(Buffer.from(directory(a)), Buffer.from(directory(b))),
    );
    for (const object of below) await put(object);
    // `Object …` comes before both names in the order of the tree.
    await file(name, text);
  };
  await putAll([worldOf(pages, isLater)], 'manifest.json', '{"errors":{"list":[]}}');
  return written;
}

function documentOf(documents, { kind, number, edit }) {
  const templates = documents[`${kind}s`];
  const document = renumbered(templates[number % templates.length], number);
  if (edit !== 'edited' && edit !== 'retitled') return document;
  return { ...document, text: edited(document.text, edit) };
}

function edited(text, edit) {
  const document = JSON.parse(text);
  const run = { type: 'text', text: { content: 'Edited since', link: null }, plain_text: 'Edited since' };
  if (edit === 'edited') {
    const [first] = document.blocks;
    const id = first.id.replace(/.{4}$/, 'ffff');
    document.blocks.push({
      ...first,
      id,
      type: 'paragraph',
      paragraph: { rich_text: [run], color: 'default' },
    });
  } else Object.values(document.page.properties).find(({ type }) => type === 'title').title = [run];
  return JSON.stringify(document, null, 1);
}
