/**
 * Sent requests held against the SDK's types of request bodies. The one official schema that a package ships knows two types
 * of block only; the SDK's types know them all.
 */
import type { LoggedRequest } from '../../../src/simulator/server.ts';
import type { Json, JsonObject } from '../../../src/simulator/workspace/json.ts';
import { isJsonObject } from '../../../src/simulator/workspace/json.ts';
import { complaints, declaration, shapeOf } from './compile.ts';

interface RequestType {
  readonly method: string;
  readonly path: RegExp;
  readonly type: string;
  /** The path parameter that the type holds beside the body. */
  readonly id?: string;
}

const requestTypes: readonly RequestType[] = [
  { method: 'POST', path: /^pages$/, type: 'CreatePageParameters' },
  { method: 'PATCH', path: /^pages\/[^/]+$/, type: 'UpdatePageParameters', id: 'page_id' },
  { method: 'POST', path: /^pages\/[^/]+\/move$/, type: 'MovePageParameters', id: 'page_id' },
  {
    method: 'PATCH',
    path: /^blocks\/[^/]+\/children$/,
    type: 'AppendBlockChildrenParameters',
    id: 'block_id',
  },
  { method: 'PATCH', path: /^blocks\/[^/]+$/, type: 'UpdateBlockParameters', id: 'block_id' },
  { method: 'POST', path: /^databases$/, type: 'CreateDatabaseParameters' },
  { method: 'PATCH', path: /^databases\/[^/]+$/, type: 'UpdateDatabaseParameters', id: 'database_id' },
  { method: 'POST', path: /^data_sources$/, type: 'CreateDataSourceParameters' },
  {
    method: 'PATCH',
    path: /^data_sources\/[^/]+$/,
    type: 'UpdateDataSourceParameters',
    id: 'data_source_id',
  },
  { method: 'POST', path: /^views$/, type: 'CreateViewParameters' },
  { method: 'PATCH', path: /^views\/[^/]+$/, type: 'UpdateViewParameters', id: 'view_id' },
  { method: 'POST', path: /^comments$/, type: 'CreateCommentParameters' },
  { method: 'PATCH', path: /^comments\/[^/]+$/, type: 'UpdateCommentParameters', id: 'comment_id' },
  { method: 'POST', path: /^file_uploads$/, type: 'CreateFileUploadParameters' },
];

/** A request whose body the types do not allow. */
export interface Mismatch {
  readonly type: string;
  /** The compiler's words. */
  readonly complaint: string;
  /** The place they are about, as it was sent. */
  readonly near: string;
  readonly body: JsonObject;
}

/** Bodies a simulator has logged (see `logsBodies`) that the SDK's types do not allow, one for each shape. */
export function mismatches(log: readonly LoggedRequest[]): Mismatch[] {
  const sent = [...distinct(log)];
  const lines = sent.map(({ type, body }, index) =>
    declaration(`body${index}`, type, asTheSdkHasIt(type, body)),
  );
  return complaints(lines).flatMap((complaint) => {
    const [, line, column] = (/\((\d+),(\d+)\)/.exec(complaint) ?? []).map(Number);
    const found = sent[(line ?? 0) - 2];
    if (found === undefined || column === undefined) return [];
    const near = lines[(line ?? 0) - 2]?.slice(column - 1, column + 79);
    return [{ ...found, complaint: complaint.replace(/^.*error /, ''), near: near ?? '' }];
  });
}

/** Writes of a log whose bodies no type judges, by method and kind of path. Bytes of files are not JSON. */
export function unjudged(log: readonly LoggedRequest[]): string[] {
  const writes = log.filter(
    ({ method, path, body }) =>
      method !== 'GET' && !/\/(search|query|send)$/.test(path) && body !== undefined && body !== '',
  );
  const kinds = writes
    .filter((each) => bodiesOf(each).length === 0)
    .map(({ method, path }) => `${method} ${path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}/g, '*')}`);
  return [...new Set(kinds)].sort();
}

/** Types of requests that a log has. */
export function judgedTypes(log: readonly LoggedRequest[]): string[] {
  return [...new Set(log.flatMap(bodiesOf).map(({ type }) => type))].sort();
}

/** Number of different shapes of bodies in a log. */
export function countShapes(log: readonly LoggedRequest[]): number {
  return [...distinct(log)].length;
}

interface Sent {
  readonly type: string;
  readonly body: JsonObject;
}

function* distinct(log: readonly LoggedRequest[]): Generator<Sent> {
  const seen = new Set<string>();
  for (const sent of log.flatMap(bodiesOf)) {
    const shape = `${sent.type} ${shapeOf(sent.body)} ${kindsIn(sent.body)}`;
    if (!seen.has(shape)) yield sent;
    seen.add(shape);
  }
}

/** The body with its path parameter; one for each child, so that a complaint is about one block. */
function bodiesOf({ method, path, body }: LoggedRequest): Sent[] {
  const found = requestTypes.find(
    (each) => each.method === method && each.path.test(path.replace('/v1/', '')),
  );
  const parsed: unknown = body === undefined ? undefined : JSON.parse(body);
  if (found === undefined || !isJsonObject(parsed)) return [];
  const { type, id } = found;
  const whole: JsonObject = id === undefined ? parsed : { ...parsed, [id]: 'x' };
  const { children, ...rest } = whole;
  if (!Array.isArray(children)) return [{ type, body: whole }];
  return children.map((child) => ({ type, body: { ...rest, children: [child] } }));
}

/** The words that choose between types: two bodies of one shape may differ in them. */
function kindsIn(value: Json): string {
  if (Array.isArray(value)) return [...new Set(value.map(kindsIn))].sort().join();
  if (!isJsonObject(value)) return '';
  const words = ['type', 'color', 'language', 'format', 'function', 'direction', 'aggregator'];
  return Object.entries(value)
    .map(([name, member]) => (words.includes(name) && typeof member === 'string' ? member : kindsIn(member)))
    .join();
}

/** Differences between the SDK's types and what the API is known to take; all else must fit. */
function asTheSdkHasIt(type: string, body: JsonObject): JsonObject {
  const { properties, initial_data_source: source, ...rest } = body;
  const kept: JsonObject = { ...rest };
  if (isJsonObject(properties)) kept.properties = asTheSdkHasProperties(properties);
  if (isJsonObject(source)) {
    const inside = isJsonObject(source.properties) ? asTheSdkHasProperties(source.properties) : {};
    kept.initial_data_source = { ...source, properties: inside };
  }
  // Typed as records of nothing.
  const untyped = type.endsWith('ViewParameters') ? ['filter', 'quick_filters'] : [];
  if (type === 'CreateViewParameters') untyped.push('sorts');
  for (const name of untyped) delete kept[name];
  return kept;
}

/** Names may be words the compiler gives a meaning, such as `constructor`; the group of a status option is documented only. */
function asTheSdkHasProperties(properties: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      `_${name}`,
      isJsonObject(value) ? withoutGroups(value) : value,
    ]),
  );
}

function withoutGroups(property: JsonObject): JsonObject {
  const { status } = property;
  if (!isJsonObject(status) || !Array.isArray(status.options)) return property;
  const options = status.options.map((option) => {
    if (!isJsonObject(option)) return option;
    const { group: _, ...rest } = option;
    return rest;
  });
  return { ...property, status: { ...status, options } };
}
