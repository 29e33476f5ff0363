/** The documents of a snapshot, read one at a time and checked for the shape the rest relies on. */
import type { SnapshotReader } from '../../../document/content.ts';
import type { BlockNode, DatabaseDocument, Gap, PageDocument } from '../../../document/documents.ts';
import { Gaps } from '../../../document/gaps.ts';
import type { Json, JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject, objectAt } from '../../../document/json.ts';
import { KlosetError } from '../../../errors.ts';

/** The `page.json` of the directory at `directory`. @throws KlosetError `integrity` when it is not one */
export async function readPage(snapshot: SnapshotReader, directory: string): Promise<PageDocument> {
  const document = await readJson(snapshot, `${directory}/page.json`);
  const page = objectAt(document, 'page');
  if (!isObject(document) || page === undefined)
    throw new KlosetError('integrity', `${directory}/page.json is not a page document.`);
  return {
    kind: 'page',
    format: 1,
    page,
    blocks: arrayAt(document, 'blocks').filter((block): block is BlockNode => isObject(block)),
    comments: arrayAt(document, 'comments').filter(isObject),
    ...(typeof document.template_of === 'string' ? { template_of: document.template_of } : {}),
    ...gapsOf(document),
  };
}

/** The `database.json` of the directory at `directory`. @throws KlosetError `integrity` when it is not one */
export async function readDatabase(snapshot: SnapshotReader, directory: string): Promise<DatabaseDocument> {
  const document = await readJson(snapshot, `${directory}/database.json`);
  if (!isObject(document) || document.kind !== 'database')
    throw new KlosetError('integrity', `${directory}/database.json is not a database document.`);
  return {
    kind: 'database',
    format: 1,
    database: isObject(document.database) ? document.database : null,
    data_sources: arrayAt(document, 'data_sources').filter(isObject),
    views: arrayAt(document, 'views').filter(isObject),
    ...gapsOf(document),
  };
}

/** `{gaps}` of a document that has some. */
function gapsOf(document: JsonObject): { gaps?: Gap[] } {
  const { all } = new Gaps(document);
  return all.length === 0 ? {} : { gaps: [...all] };
}

/** The object in the JSON file at `path`, if it is there. */
export async function readObject(snapshot: SnapshotReader, path: string): Promise<JsonObject | undefined> {
  const entry = await snapshot.entry(path);
  if (entry?.type !== 'file') return undefined;
  const value = await readJson(snapshot, path);
  return isObject(value) ? value : undefined;
}

async function readJson(snapshot: SnapshotReader, path: string): Promise<Json> {
  const entry = await snapshot.entry(path);
  if (entry?.type !== 'file') throw new KlosetError('integrity', `The snapshot has no ${path}.`);
  const windows: Uint8Array[] = [];
  for await (const window of snapshot.read(entry.content)) windows.push(window);
  try {
    return JSON.parse(Buffer.concat(windows).toString('utf8'));
  } catch (error) {
    throw new KlosetError('integrity', `${path} is not a JSON document.`, { cause: error });
  }
}
