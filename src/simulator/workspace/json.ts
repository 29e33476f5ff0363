/** JSON as the simulator speaks it. It shares no types with the rest of the project, so no misunderstanding either. */

export type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = { [name: string]: Json };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The member `name` when it is an object, else an empty one. */
export function objectAt(value: JsonObject, name: string): JsonObject {
  const member = value[name];
  return isJsonObject(member) ? member : {};
}

/** The member `name` when it is an array, else an empty one. */
export function arrayAt(value: JsonObject, name: string): Json[] {
  const member = value[name];
  return Array.isArray(member) ? member : [];
}

/** The member `name` when it is a string. */
export function stringAt(value: JsonObject, name: string): string | undefined {
  const member = value[name];
  return typeof member === 'string' ? member : undefined;
}
