/**
 * The words in which the shapes of `--json` are written down, and JSON Schema (draft 2020-12) made of them. Members have
 * snake_case names; a shape is the one source of docs/schema, of the command `schema` and of the tests on every output.
 */
import type { Json, JsonObject } from '../../document/json.ts';

/** A shape of JSON: keywords of JSON Schema, with members apart so that optional ones are known. */
export interface Shape {
  readonly about?: string;
  readonly keywords: JsonObject;
  readonly members?: { readonly [name: string]: Shape };
  readonly items?: Shape;
  /** The shape of every member where names are data: kinds, names that people chose. */
  readonly named?: Shape;
  readonly oneOf?: readonly Shape[];
  readonly isOptional?: boolean;
}

export const text: Shape = { keywords: { type: 'string' } };
export const flag: Shape = { keywords: { type: 'boolean' } };
export const number: Shape = { keywords: { type: 'number' } };
/** A whole number that is never negative: a count, bytes, milliseconds. */
export const count: Shape = { keywords: { type: 'integer', minimum: 0 } };
/** ISO 8601 in UTC. */
export const time: Shape = { keywords: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d' } };
/** SHA-256 in hex, as snapshots, stores and signing keys are named. */
export const digest: Shape = { keywords: { type: 'string', pattern: '^[0-9a-f]{64}$' } };
/** An id of Notion, with dashes or without. */
export const notionId: Shape = {
  keywords: { type: 'string', pattern: '^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$' },
};
/** JSON that is kept as it came. */
export const anything: Shape = { keywords: {} };
/** An object that is kept as it came. */
export const anyObject: Shape = { keywords: { type: 'object' } };

export function one(...words: readonly string[]): Shape {
  return { keywords: { enum: [...words] } };
}

export function exactly(value: Json): Shape {
  return { keywords: { const: value } };
}

export function list(items: Shape): Shape {
  return { keywords: { type: 'array' }, items };
}

/** An object whose names are data. */
export function byName(named: Shape): Shape {
  return { keywords: { type: 'object' }, named };
}

export function object(members: { readonly [name: string]: Shape }): Shape {
  return { keywords: { type: 'object' }, members };
}

export function either(...oneOf: readonly Shape[]): Shape {
  return { keywords: {}, oneOf };
}

export function orNull(shape: Shape): Shape {
  return either(shape, { keywords: { type: 'null' } });
}

/** A member that may be missing. */
export function maybe(shape: Shape): Shape {
  return { ...shape, isOptional: true };
}

/** The same shape with a sentence about it. */
export function about(sentence: string, shape: Shape): Shape {
  return { ...shape, about: sentence };
}

export interface SchemaOptions {
  /** True to refuse members that are not named: for tests. Readers allow them, since later versions may add some. */
  readonly isClosed?: boolean;
}

/** JSON Schema of a shape. */
export function jsonSchema(shape: Shape, options: SchemaOptions = {}): JsonObject {
  const { members, items, named, oneOf, keywords } = shape;
  const part = (inner: Shape) => jsonSchema(inner, options);
  return {
    ...(shape.about === undefined ? {} : { description: shape.about }),
    ...keywords,
    ...(items === undefined ? {} : { items: part(items) }),
    ...(named === undefined ? {} : { additionalProperties: part(named) }),
    ...(oneOf === undefined ? {} : { anyOf: oneOf.map(part) }),
    ...(members === undefined ? {} : objectSchema(members, options)),
  };
}

function objectSchema(members: NonNullable<Shape['members']>, options: SchemaOptions): JsonObject {
  const entries = Object.entries(members);
  const required = entries.filter(([, { isOptional }]) => isOptional !== true).map(([name]) => name);
  return {
    properties: Object.fromEntries(entries.map(([name, shape]) => [name, jsonSchema(shape, options)])),
    ...(required.length === 0 ? {} : { required }),
    ...(options.isClosed === true ? { additionalProperties: false } : {}),
  };
}
