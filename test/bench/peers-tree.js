/**
 * The tree that `npm run bench:peers` backs up, the same for the same seed: JSON documents of the shape and the
 * spelling that the store is given for pages and rows, and media that nothing compresses.
 */
import { createCipheriv } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from './peers-random.js';
import { vocabularyOf, wordsOf } from './peers-words.js';

/**
 * Writes the tree below `folder`, which is created.
 * @param {string} folder
 * @param {{ seed: number, documents: number, documentBytes: number, mediaBytes: number }} size number of documents,
 *   bytes of all documents and bytes of all media; the documents come out within a few percent of it
 * @returns {{ documents: { files: number, bytes: number }, media: { files: number, bytes: number } }}
 */
export function writeTree(folder, { seed, documents, documentBytes, mediaBytes }) {
  mkdirSync(join(folder, 'documents'), { recursive: true });
  mkdirSync(join(folder, 'media'), { recursive: true });
  return {
    documents: writeDocuments(join(folder, 'documents'), seed, documents, documentBytes),
    media: writeMedia(join(folder, 'media'), seed, mediaBytes),
  };
}

function writeDocuments(folder, seed, documents, documentBytes) {
  const random = seededRandom(seed);
  const workspace = {
    random,
    vocabulary: vocabularyOf(random),
    users: Array.from({ length: 12 }, () => random.uuid()),
    databases: Array.from({ length: 20 }, () => databaseOf(random)),
    space: random.hex(9),
  };
  let bytes = 0;
  for (let number = 0; number < documents; number += 1) {
    // A few long documents, many short ones; what is left is shared out among the rest, so that the sum is met.
    const wanted = ((documentBytes - bytes) / (documents - number)) * random.spread();
    const text = pageDocument(workspace, wanted);
    bytes += Buffer.byteLength(text);
    writeFileSync(join(folder, `${String(number).padStart(5, '0')}.json`), text);
  }
  return { files: documents, bytes };
}

/** Files of 200 kB to 10 MB, each of its own bytes. */
function writeMedia(folder, seed, mediaBytes) {
  const random = seededRandom(seed + 1);
  const cipher = createCipheriv('aes-256-ctr', Buffer.alloc(32, seed), Buffer.alloc(16));
  let files = 0;
  for (let left = mediaBytes; left > 0; files += 1) {
    const length = Math.min(left, 200_000 + Math.floor(9_800_000 * random.next() ** 3));
    writeFileSync(join(folder, `${String(files).padStart(5, '0')}.jpg`), cipher.update(Buffer.alloc(length)));
    left -= length;
  }
  return { files, bytes: mediaBytes };
}

function databaseOf(random) {
  const options = Array.from({ length: 6 }, (_, at) => ({
    color: random.pick(['blue', 'green', 'red', 'gray', 'orange']),
    id: random.uuid(),
    name: `Stage ${at + 1}`,
  }));
  return { id: random.uuid(), source: random.uuid(), options, propertyIds: propertyIds(random) };
}

function propertyIds(random) {
  const names = ['Status', 'Due', 'Owner', 'Effort', 'Related', 'Link', 'Notes', 'Done'];
  return Object.fromEntries(names.map((name) => [name, encodeURIComponent(random.sign(4))]));
}

/** `page.json` of about `wantedBytes`, spelled as the store is given it: sorted members, one space, one last newline. */
function pageDocument(workspace, wantedBytes) {
  const { random } = workspace;
  const times = timesOf(random);
  const id = objectId(workspace, times);
  const page = random.chance(0.4) ? rowOf(workspace, id, times) : plainPageOf(workspace, id, times);
  const blocks = [];
  for (let left = wantedBytes - JSON.stringify(page, null, 1).length; left > 0; ) {
    const block = blockOf(workspace, { page_id: id, type: 'page_id' }, times, 0);
    left -= JSON.stringify(block, null, 1).length * 1.15;
    blocks.push(block);
  }
  return `${JSON.stringify(sorted({ blocks, comments: [], format: 1, kind: 'page', page }), null, 1)}\n`;
}

function timesOf(random) {
  const created = Date.UTC(2023, 0, 1) + random.below(1_000) * 86_400_000 + random.below(1_440) * 60_000;
  return { created, edited: created + random.below(100) * 86_400_000 };
}

/**
 * Ids as Notion gives them: since 2024 they begin with the day and the workspace, and only what follows looks random.
 */
function objectId({ random, space }, { created }) {
  if (created < Date.UTC(2024, 0, 1)) return random.uuid();
  const day = Math.floor((created - Date.UTC(2022, 0, 1)) / 86_400_000);
  const start = `${(day + 0x100).toString(16).padStart(3, '0')}${space.slice(0, 5)}-${space.slice(5)}`;
  return `${start}-8${random.hex(3)}-${'89ab'[random.below(4)]}${random.hex(3)}-${random.hex(12)}`;
}

function common({ random, users }, id, parent, { created, edited }) {
  const minutes = random.below(180) * 60_000;
  return {
    created_by: userOf(random.pick(users.slice(0, 3))),
    created_time: new Date(created + minutes).toISOString(),
    id,
    in_trash: false,
    last_edited_by: userOf(random.pick(users)),
    last_edited_time: new Date(edited + minutes).toISOString(),
    parent,
  };
}

function userOf(id) {
  return { id, object: 'user' };
}

function plainPageOf(workspace, id, times) {
  const { random } = workspace;
  const parent = { page_id: objectId(workspace, times), type: 'page_id' };
  const title = wordsOf(workspace, 2, 6);
  return {
    ...common(workspace, id, parent, times),
    ...looksOf(random),
    object: 'page',
    properties: { title: { id: 'title', title: [textOf(title)], type: 'title' } },
    public_url: null,
    url: urlOf(title, id),
  };
}

function rowOf(workspace, id, times) {
  const { random, databases, users } = workspace;
  const { id: database_id, source, options, propertyIds: ids } = random.pick(databases);
  const title = wordsOf(workspace, 2, 6);
  const related = Array.from({ length: random.below(4) }, () => ({ id: objectId(workspace, times) }));
  const due = new Date(times.created + random.below(90) * 86_400_000).toISOString().slice(0, 10);
  const values = {
    Done: { checkbox: random.chance(0.5) },
    Due: { date: { end: null, start: due, time_zone: null } },
    Effort: { number: random.below(400) / 4 },
    Link: { url: random.chance(0.5) ? `https://example.com/${random.below(1e6)}` : null },
    Notes: { rich_text: richTextOf(workspace, 3, 20) },
    Owner: {
      people: [{ ...userOf(random.pick(users)), avatar_url: null, name: 'Somebody', type: 'person' }],
    },
    Related: { has_more: false, relation: related },
    Status: { status: random.pick(options) },
  };
  const properties = Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const type = Object.keys(value).find((key) => key !== 'has_more');
      return [name, { ...value, id: ids[name], type }];
    }),
  );
  return {
    ...common(workspace, id, { data_source_id: source, database_id, type: 'data_source_id' }, times),
    ...looksOf(random),
    object: 'page',
    properties: { ...properties, Name: { id: 'title', title: [textOf(title)], type: 'title' } },
    public_url: null,
    url: urlOf(title, id),
  };
}

function looksOf(random) {
  const icon = random.chance(0.4) ? { emoji: random.pick(['📄', '🌱', '🧭', '☕']), type: 'emoji' } : null;
  return { cover: null, icon, is_archived: false, is_locked: false };
}

function urlOf(title, id) {
  return `https://www.notion.so/${title.replaceAll(' ', '-')}-${id.replaceAll('-', '')}`;
}

const texts = ['paragraph', 'paragraph', 'paragraph', 'bulleted_list_item', 'numbered_list_item', 'quote'];

function blockOf(workspace, parent, times, depth) {
  const { random } = workspace;
  const id = objectId(workspace, times);
  const type = random.pick([
    ...texts,
    ...texts,
    'heading_2',
    'heading_3',
    'to_do',
    'toggle',
    'code',
    'image',
    'divider',
  ]);
  const children = [];
  if (depth < 2 && ['toggle', 'bulleted_list_item'].includes(type) && random.chance(0.3)) {
    for (let count = 1 + random.below(3); count > 0; count -= 1)
      children.push(blockOf(workspace, { block_id: id, type: 'block_id' }, times, depth + 1));
  }
  return {
    ...common(workspace, id, parent, times),
    ...(children.length > 0 ? { children } : {}),
    has_children: children.length > 0,
    object: 'block',
    type,
    [type]: contentOf(workspace, type, id),
  };
}

function contentOf(workspace, type, id) {
  const { random } = workspace;
  if (type === 'divider') return {};
  if (type === 'code') {
    const code = Array.from(
      { length: 2 + random.below(8) },
      () => `${wordsOf(workspace, 1, 3)}(${random.below(100)});`,
    );
    return {
      caption: [],
      language: random.pick(['javascript', 'python']),
      rich_text: [textOf(code.join('\n'))],
    };
  }
  if (type === 'image') {
    const space = random.uuid();
    const file = {
      path: `files/${random.below(100)}.jpg`,
      sha256: random.hex(64),
      size: random.below(5e6),
      url: `https://prod-files-secure.s3.us-west-2.amazonaws.com/${space}/${id}/image.jpg`,
    };
    return { caption: [], file, type: 'file' };
  }
  const icon = type === 'paragraph' ? { icon: null } : {};
  const looks = type.startsWith('heading')
    ? { is_toggleable: false }
    : type === 'to_do'
      ? { checked: random.chance(0.5) }
      : {};
  const [fewest, most] = type.startsWith('heading') ? [2, 7] : [4, 45];
  return { color: 'default', ...icon, ...looks, rich_text: richTextOf(workspace, fewest, most) };
}

function richTextOf(workspace, fewest, most) {
  const { random } = workspace;
  const first = textOf(wordsOf(workspace, fewest, most));
  if (!random.chance(0.25)) return [first];
  const url = random.chance(0.3) ? `https://example.com/${random.sign(8)}` : null;
  return [
    first,
    textOf(` ${wordsOf(workspace, 1, 4)}`, { bold: random.chance(0.5), url }),
    textOf(wordsOf(workspace, 2, 12)),
  ];
}

function textOf(content, { bold = false, url = null } = {}) {
  const annotations = {
    bold,
    code: false,
    color: 'default',
    italic: false,
    strikethrough: false,
    underline: false,
  };
  const link = url === null ? null : { url };
  return { annotations, href: url, plain_text: content, text: { content, link }, type: 'text' };
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}
