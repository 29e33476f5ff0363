/** Options of select, multi-select and status properties as requests take them. */
import type { Json, JsonObject } from '../../../document/json.ts';
import { optionColours } from './colours.ts';

/** Option names take no commas and at most 100 characters. */
export function optionName(name: string): string {
  return name.replaceAll(',', ';').slice(0, 100);
}

/** The colour of an option if requests take it. */
export function optionColour(color: Json | undefined): JsonObject {
  return typeof color === 'string' && optionColours.has(color) ? { color } : {};
}
