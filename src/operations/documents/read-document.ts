/** Reads documents out of a snapshot and checks that they are what their name says. */
import { isUtf8 } from 'node:buffer';
import type { ObjectInfo, SnapshotReader, StoredContent, WalkedEntry } from '../../document/content.ts';
import type { DatabaseDocument, PageDocument } from '../../document/documents.ts';
import type { JsonObject } from '../../document/json.ts';
import { isObject } from '../../document/json.ts';
import { KlosetError } from '../../errors.ts';

/** A larger document is refused: no page is nearly as large, and it must fit in memory. */
const maxDocumentBytes = 512 * 1024 * 1024;

/** All bytes of a stored document. @throws KlosetError `integrity` when its size is absurd. */
export async function readBytes(snapshot: SnapshotReader, content: StoredContent): Promise<Uint8Array> {
  if (content.size > maxDocumentBytes)
    throw new KlosetError('integrity', `A document of ${content.size} bytes is too large to read.`);
  const parts: Uint8Array[] = [];
  for await (const part of snapshot.read(content)) parts.push(part);
  return Buffer.concat(parts);
}

/** The JSON object stored at `path`. @throws KlosetError `not-found`, `integrity` */
export async function readJson(snapshot: SnapshotReader, path: string): Promise<JsonObject> {
  const entry = await snapshot.entry(path);
  if (entry?.type !== 'file')
    throw new KlosetError('not-found', `${path} is not in snapshot ${snapshot.id.slice(0, 8)}.`);
  return parseDocument(await readBytes(snapshot, entry.content), path);
}

/** Bytes as the JSON object they should be. @throws KlosetError `integrity` */
export function parseDocument(bytes: Uint8Array, path: string): JsonObject {
  try {
    // Checked and decoded apart: a decoder that refuses what is not UTF-8 takes several times as long.
    if (!isUtf8(bytes)) throw new TypeError('not UTF-8');
    const value: unknown = JSON.parse(
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'),
    );
    if (isObject(value)) return value;
  } catch (cause) {
    throw new KlosetError('integrity', `${path} is not valid JSON.`, { cause });
  }
  throw new KlosetError('integrity', `${path} is not a JSON object.`);
}

/** Path of the document in an object's directory. */
export function documentPath(directory: WalkedEntry & { type: 'directory' }): string {
  return `${directory.path}/${directory.object?.kind === 'database' ? 'database' : 'page'}.json`;
}

/** The document as a page. @throws KlosetError `integrity` */
export function asPage(document: JsonObject, path: string): PageDocument {
  if (
    document.kind === 'page' &&
    isObject(document.page) &&
    Array.isArray(document.blocks) &&
    Array.isArray(document.comments)
  ) {
    return document as unknown as PageDocument;
  }
  throw new KlosetError('integrity', `${path} is not a page document.`);
}

/** The document as a database. @throws KlosetError `integrity` */
export function asDatabase(document: JsonObject, path: string): DatabaseDocument {
  if (document.kind === 'database' && Array.isArray(document.data_sources) && Array.isArray(document.views)) {
    return document as unknown as DatabaseDocument;
  }
  throw new KlosetError('integrity', `${path} is not a database document.`);
}

/** The place of an object's document. */
export interface ObjectPlace {
  readonly info: Pick<ObjectInfo, 'kind'>;
  /** Path of its directory. */
  readonly path: string;
  /** Its document, where a listing told it: it need not be found from the root then. */
  readonly content?: StoredContent | undefined;
}

/** The document of the object at `place`. @throws KlosetError `not-found`, `integrity` */
export async function readObject(
  snapshot: SnapshotReader,
  { info, path, content }: ObjectPlace,
): Promise<PageDocument | DatabaseDocument> {
  const file = `${path}/${info.kind === 'database' ? 'database' : 'page'}.json`;
  const document =
    content === undefined
      ? await readJson(snapshot, file)
      : parseDocument(await readBytes(snapshot, content), file);
  return info.kind === 'database' ? asDatabase(document, file) : asPage(document, file);
}
