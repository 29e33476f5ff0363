/**
 * Sets the parts of a page, database, data source or view so that one that Notion refuses does not drop the others: a
 * refused request is divided, first into what the refusal names and the rest, until the refused part stands alone.
 */
import type { Json, JsonObject } from '../../../document/json.ts';
import { isObject, objectAt, stringAt } from '../../../document/json.ts';
import { messageOf } from '../../../errors.ts';
import { apiFailureOf } from '../../api/api.ts';
import { refusedFor } from '../journal/tables/notes.ts';
import type { PendingFile } from './conversion.ts';
import type { Sender } from './creation.ts';
import { writeWithUploads } from './creation.ts';

/** One member of a request's body: a property, or a field beside the properties. */
export interface Part {
  readonly field: 'property' | 'field';
  readonly name: string;
  readonly value: Json;
}

export interface PartsWrite {
  /** Names the write within the journal. */
  readonly key: string;
  /** Of the object, such as `pages/<id>`. */
  readonly path: string;
  readonly body: JsonObject;
  readonly files: readonly PendingFile[];
  /** Directory of the object in the snapshot. */
  readonly directory: string;
  /** Called for each part that Notion refuses. */
  readonly onRefused: (part: Part, reason: string) => void;
  /** The reason for which Notion refused the whole body already. */
  readonly refusal?: string;
  /** Called with each answer, before the journal takes the request for done. */
  readonly onAnswer?: (answer: JsonObject) => void;
  /** Finds whether a request that had no clear answer was carried out; needed where it may not be sent twice. */
  readonly find?: (body: JsonObject) => Promise<JsonObject | undefined>;
}

/** Sends a PATCH request with `body`, in as many parts as it takes. */
export async function writeParts(sender: Sender, write: PartsWrite): Promise<void> {
  const parts = partsOf(write.body);
  if (write.refusal === undefined) await sendParts(sender, write, parts, write.key);
  else await divide(sender, write, parts, write.refusal);
}

async function sendParts(
  sender: Sender,
  write: PartsWrite,
  parts: readonly Part[],
  key: string,
): Promise<void> {
  if (parts.length === 0) return;
  const body = bodyOf(parts);
  try {
    await writeWithUploads(sender, {
      key,
      files: write.files.filter(({ holder }) => holds(body, holder)),
      directory: write.directory,
      request: () => ({ method: 'patch', path: write.path, body, effect: 'write' }),
      keep: (answer) => {
        write.onAnswer?.(answer);
        return {};
      },
      ...(write.find === undefined ? {} : { find: () => write.find?.(body) ?? Promise.resolve(undefined) }),
    });
  } catch (error) {
    if (apiFailureOf(error)?.status !== 400) throw error;
    await divide(sender, write, parts, messageOf(error));
  }
}

async function divide(
  sender: Sender,
  write: PartsWrite,
  parts: readonly Part[],
  reason: string,
): Promise<void> {
  const [only] = parts;
  if (only === undefined) return;
  if (parts.length === 1) return giveUp(sender, write, only, reason);
  const named = parts.filter(({ name }) => name !== '' && reason.includes(name));
  const isTold = named.length > 0 && named.length < parts.length;
  const first = isTold ? parts.filter((part) => !named.includes(part)) : parts.slice(0, parts.length >> 1);
  const second = parts.filter((part) => !first.includes(part));
  for (const half of [first, second]) await sendParts(sender, write, half, keyOf(write.key, half));
}

/** Gives up a part; of a list of files only those that are refused. */
async function giveUp(sender: Sender, write: PartsWrite, part: Part, reason: string): Promise<void> {
  const { refused, kept } = dividedFiles(part, reason);
  write.onRefused(refused, refusedFor(reason));
  if (kept !== undefined)
    await sendParts(
      sender,
      write,
      [kept],
      `${keyOf(write.key, [kept])} ${JSON.stringify(kept.value).length}`,
    );
}

/** The files that a refusal is about, the one it names or all links, and the others. */
function dividedFiles(part: Part, reason: string): { readonly refused: Part; readonly kept?: Part } {
  const files = isObject(part.value) && Array.isArray(part.value.files) ? part.value.files : [];
  const named = Number(/files\[(\d+)\]/.exec(reason)?.[1] ?? Number.NaN);
  const isRefused = (file: Json, index: number) =>
    files[named] === undefined ? isObject(file) && file.type === 'external' : index === named;
  const refused = files.filter(isRefused);
  if (refused.length === 0 || refused.length === files.length) return { refused: part };
  const kept = files.filter((file, index) => !isRefused(file, index));
  return { refused: { ...part, value: { files: refused } }, kept: { ...part, value: { files: kept } } };
}

function keyOf(key: string, parts: readonly Part[]): string {
  return `${key} ${JSON.stringify(parts.map(({ field, name }) => [field, name]))}`;
}

function partsOf({ properties, ...fields }: JsonObject): Part[] {
  const ofProperties = Object.entries(isObject(properties) ? properties : {});
  return [
    ...ofProperties.map(([name, value]): Part => ({ field: 'property', name, value })),
    ...Object.entries(fields).map(([name, value]): Part => ({ field: 'field', name, value })),
  ];
}

function bodyOf(parts: readonly Part[]): JsonObject {
  const entries = (field: Part['field']) =>
    parts.filter((part) => part.field === field).map(({ name, value }): [string, Json] => [name, value]);
  const properties = entries('property');
  return {
    ...(properties.length === 0 ? {} : { properties: Object.fromEntries(properties) }),
    ...Object.fromEntries(entries('field')),
  };
}

/** True when `holder` itself, and not merely its like, lies in `value`. */
function holds(value: Json, holder: JsonObject): boolean {
  if (value === holder) return true;
  if (Array.isArray(value)) return value.some((item) => holds(item, holder));
  return isObject(value) && Object.values(value).some((item) => holds(item, holder));
}

/** Addresses of the files and pictures in a value: what is lost can be looked up. */
export function addressesIn(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(addressesIn);
  if (!isObject(value)) return [];
  const url = stringAt(objectAt(value, 'external'), 'url');
  return [...(url === undefined ? [] : [url]), ...Object.values(value).flatMap(addressesIn)];
}
