/**
 * Documents as a crawl writes them, as many as one wants: those of a small crawled workspace, again and again, each time
 * with ids and words of its own. A crawl of so many pages would take most of the benchmark's time.
 */
import { join } from 'node:path';
import * as product from './history-product.js';
import { MemorySnapshot } from './restore-snapshot.js';
import { withFolder } from './workplace.js';

/** Words that the generated workspace does not have, beside its few hundred. */
const vocabularySize = 20_000;
const syllables = 'ba ce di fo gu ha je ki lo mu na pé ri só tü va we xi yo zu'.split(' ');

/** A text in a document's JSON, with what stands before it. */
const textMember = /("(?:content|plain_text)": )("(?:[^"\\]|\\.)*")/g;

/** The documents of one small workspace, as text. @returns {Promise<{ pages: string[], rows: string[], databases: string[] }>} */
export async function crawledDocuments() {
  const state = product.generateWorkspace({
    ...{ seed: 11, pages: 60, databases: 2, rowsPerDatabase: 30, viewsPerDatabase: 3 },
    ...{ blocksPerPage: 20, variety: 'every', comments: 60 },
  });
  const simulator = await product.startSimulator({ state });
  const { clock, token, url } = simulator;
  const connection = { token, apiUrl: url, clock, timeoutClock: clock };
  const api = product.connectNotion({ ...connection, monitor: product.silentMonitor });
  try {
    const snapshot = await withFolder((folder) => takeSnapshot(api, clock, folder));
    return await sorted(snapshot);
  } finally {
    api.close();
    await simulator.close();
  }
}

async function takeSnapshot(api, clock, folder) {
  const snapshot = new MemorySnapshot();
  const crawled = await product.crawl({
    ...{ api, sink: snapshot, previous: null, monitor: product.silentMonitor },
    ...{ roots: [], full: true, rereadWithin: 0, comments: 'pages', trash: false },
    ...{ externalMedia: false, media: true, sourceKey: 'bench' },
    downloadMedia: product.mediaOf({ api, clock }),
    stateFile: join(folder, 'crawl.sqlite'),
  });
  snapshot.fill(crawled.steps());
  crawled.discard();
  return snapshot;
}

async function sorted(snapshot) {
  const documents = { pages: [], rows: [], databases: [] };
  for await (const entry of snapshot.walk('/')) {
    if (entry.type !== 'file' || !/\/(page|database)\.json$/.test(entry.path)) continue;
    const parts = [];
    for await (const part of snapshot.read(entry.content)) parts.push(part);
    const text = Buffer.concat(parts).toString('utf8');
    const { kind, page } = JSON.parse(text);
    if (kind === 'database') documents.databases.push(text);
    else documents[page.parent.type === 'data_source_id' ? 'rows' : 'pages'].push(text);
  }
  return documents;
}

/**
 * A document with ids and words of its own: a third of its words become others, by `number`.
 * @param {string} text @param {number} number
 * @returns {{ id: string, text: string, words: string[] }} its compact id, and the words that no template has
 */
export function renumbered(text, number) {
  const words = new Set();
  const head = number.toString(16).padStart(8, '0');
  const other = (word) => {
    if (word.startsWith('\\')) return word;
    const hash = hashOf(word, number);
    if (hash % 3 !== 0) return word;
    const rare = rareWord(Math.floor(hash / 3) % vocabularySize);
    words.add(rare);
    return rare;
  };
  const written = text
    .replace(/"[0-9a-f]{8}(-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")/g, `"${head}$1`)
    .replace(textMember, (_, member, value) => member + value.replace(/\\.|\p{L}{3,}/gu, other));
  const { page, database } = JSON.parse(written);
  // At the end of a run a word may go on in the next: an equation, a mention.
  const isApart = (word) => written.includes(` ${word} `);
  return { id: (page ?? database).id.replaceAll('-', ''), text: written, words: [...words].filter(isApart) };
}

/** `báce…`: five syllables at most, a word for each number. */
export function rareWord(number) {
  const digits = [number % 20, Math.floor(number / 20) % 20, Math.floor(number / 400) % 20];
  return [...digits, Math.floor(number / 8_000)].map((digit) => syllables[digit]).join('');
}

/** FNV-1a of a word, begun with a number. */
function hashOf(word, number) {
  let hash = 0x811c9dc5 ^ number;
  for (let at = 0; at < word.length; at += 1) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
