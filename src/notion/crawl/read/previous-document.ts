/** The previous snapshot's document of an object, and the digests of the media it refers to. */
import type { StoredContent } from '../../../document/content.ts';
import type { Json, JsonObject } from '../../../document/json.ts';
import { isObject, stringAt } from '../../../document/json.ts';
import { dropEmails } from '../../api/without-emails.ts';
import type { CrawlContext } from '../context/crawl-context.ts';
import { documentEntry } from '../context/holdings.ts';

/** The previous document of the object (of the workspace when `id` is empty); undefined when there is none that can be read. */
export async function readPreviousDocument(
  context: CrawlContext,
  id: string,
): Promise<JsonObject | undefined> {
  const entry = documentEntry(context.previous.filesOf(id));
  return entry === undefined ? undefined : readDocument(context, entry.content);
}

/** The document of an object as this run wrote it, or else that of the previous snapshot. */
export async function readCurrentDocument(
  context: CrawlContext,
  id: string,
): Promise<JsonObject | undefined> {
  const bytes = context.state.entries.documentOf(id);
  if (bytes === undefined) return readPreviousDocument(context, id);
  const parsed: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
  return isObject(parsed) ? parsed : undefined;
}

/** The document that `content` holds; undefined when it cannot be read back. */
export async function readDocument(
  context: CrawlContext,
  content: StoredContent,
): Promise<JsonObject | undefined> {
  if (!context.sink.has(content)) return undefined;
  const parts: Uint8Array[] = [];
  try {
    for await (const part of context.sink.read(content)) parts.push(part);
    const parsed: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'));
    if (!isObject(parsed)) return undefined;
    if (!context.options.emails) dropEmails(parsed);
    return parsed;
  } catch {
    // Only an economy is lost: the object is read afresh. `check` tells of damage.
    return undefined;
  }
}

/** SHA-256 by URL of every stored file a document refers to. */
export function storedDigests(value: Json): Map<string, string> {
  const digests = new Map<string, string>();
  collect(value, digests);
  return digests;
}

function collect(value: Json, digests: Map<string, string>): void {
  if (Array.isArray(value)) for (const each of value) collect(each, digests);
  if (!isObject(value)) return;
  const url = stringAt(value, 'url');
  const sha256 = stringAt(value, 'sha256');
  if (url !== undefined && sha256 !== undefined && typeof value.path === 'string') digests.set(url, sha256);
  for (const member of Object.values(value)) collect(member, digests);
}
