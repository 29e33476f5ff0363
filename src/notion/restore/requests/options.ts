/** Colours of options of select, multi-select and status properties as requests take them. */
import type { Json, JsonObject } from '../../../document/json.ts';
import { optionColours } from './colours.ts';

/** The colour of an option if requests take it. */
export function optionColour(color: Json | undefined): JsonObject {
  return typeof color === 'string' && optionColours.has(color) ? { color } : {};
}
