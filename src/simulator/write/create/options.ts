/** Options of select, multi-select and status properties: found by id or name, created when a value names a new one. */
import { validationError } from '../../protocol/api-error.ts';
import type { Json, JsonObject } from '../../workspace/json.ts';
import { arrayAt, isJsonObject, stringAt } from '../../workspace/json.ts';
import type { PropertySchema, State } from '../../workspace/state.ts';
import { optionColours } from '../lists/colours.ts';
import type { Draft } from './draft.ts';

/** The options of a property as they stand. */
export function optionsOf(property: PropertySchema): JsonObject[] {
  return arrayAt(property.config, 'options').filter(isJsonObject);
}

/**
 * `{id}` of the option a value names. Unknown names become options of select and multi-select, never of status.
 * @throws ApiError 400
 */
export function chooseOption(draft: Draft, property: PropertySchema, given: JsonObject): JsonObject {
  refuseCommas(property, given);
  const found = findOption(property, given);
  if (found !== undefined) {
    refuseRecolouring(property, found, given);
    return { id: found.id ?? null };
  }
  const name = stringAt(given, 'name') ?? '';
  if (property.type === 'status') {
    throw validationError(`Invalid status option. Status option "${name}" does not exist".`);
  }
  return { id: addOption(draft, property, name, given).id ?? null };
}

/** A name with a comma is written by nobody but the app, even when it names an option that is there. @throws ApiError 400 */
function refuseCommas(property: PropertySchema, given: JsonObject): void {
  const name = given.id === undefined ? (stringAt(given, 'name') ?? '') : '';
  if (property.type !== 'status' && name.includes(','))
    throw validationError(`Invalid select option, commas not allowed: ${name}`);
}

/**
 * The option with the given id or, where no id is given, the name (whatever its case).
 * @throws ApiError 400 for an id the property does not have: ids cannot be chosen
 */
export function findOption(property: PropertySchema, given: JsonObject): JsonObject | undefined {
  const options = optionsOf(property);
  if (given.id === undefined) return options.find((option) => isSameName(option.name, given.name));
  const byId = options.find((option) => option.id === given.id);
  if (byId === undefined)
    throw validationError(`${property.name} has no option with ID ${String(given.id)}.`);
  return byId;
}

/** An option as it is kept, with an id of its own. */
export function createOption(state: State, given: JsonObject): JsonObject {
  return {
    id: state.random.uuid(),
    name: given.name ?? '',
    color: given.color ?? optionColours[state.random.below(optionColours.length)] ?? 'default',
    description: given.description ?? null,
  };
}

/** True when two option names are the same to Notion. */
export function isSameName(one: Json | undefined, other: Json | undefined): boolean {
  return typeof one === 'string' && typeof other === 'string' && one.toLowerCase() === other.toLowerCase();
}

/** The name and colour of an option cannot be changed through the API. @throws ApiError 400 */
export function refuseRecolouring(property: PropertySchema, option: JsonObject, given: JsonObject): void {
  if (given.color !== undefined && given.color !== option.color) {
    throw validationError(`Cannot update color of select with name: ${String(option.name)}.`);
  }
  if (given.name !== undefined && !isSameName(given.name, option.name)) {
    throw validationError(`Cannot update name of select with ID: ${String(option.id)} in ${property.name}.`);
  }
}

/** Creates the option at once for the other values of this draft, and for good when the draft is settled. */
function addOption(draft: Draft, property: PropertySchema, name: string, given: JsonObject): JsonObject {
  const known = draft.newOptions.get(property) ?? [];
  const same = known.find((option) => isSameName(option.name, name));
  if (same !== undefined) return same;
  const option = createOption(draft.context.state, given);
  if (known.length === 0) {
    draft.waiting.push(() => {
      const added = draft.newOptions.get(property) ?? [];
      property.config = { ...property.config, options: [...optionsOf(property), ...added] };
    });
  }
  draft.newOptions.set(property, [...known, option]);
  return option;
}
