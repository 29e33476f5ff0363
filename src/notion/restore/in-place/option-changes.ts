/** Options of a property that differ from the snapshot's, matched by their ids and names. */
import type { Json, JsonObject } from '../../../document/json.ts';
import { stringAt } from '../../../document/json.ts';
import { writableOptionName } from '../../../document/option-names.ts';
import { propertyType } from '../../../document/property-types.ts';
import { optionsOf } from '../databases/schema-levels.ts';
import { optionColour } from '../requests/options.ts';
import type { Difference } from './differences.ts';

/** An option whose name changed, or that is gone, and its name in the snapshot. */
export interface OptionChange {
  /** Id of the option now; undefined when it is gone. */
  readonly id: string | undefined;
  readonly nameNow: string | undefined;
  readonly was: JsonObject;
}

/** The options of one property to be brought back. */
export interface OptionChanges {
  /** Id of the property as requests name it. */
  readonly property: string;
  readonly type: string;
  /** The options of the snapshot, in order. */
  readonly was: readonly JsonObject[];
  readonly now: readonly JsonObject[];
  readonly changes: readonly OptionChange[];
}

/** The options of a property that are gone or called otherwise; undefined when there are none. */
export function optionChanges(was: JsonObject, now: JsonObject): OptionChanges | undefined {
  const type = stringAt(was, 'type') ?? '';
  if (propertyType(type)?.hasOptions !== true || now.type !== type) return undefined;
  const [before, current] = [optionsOf(was), optionsOf(now)];
  const byId = new Map(current.map((option) => [stringAt(option, 'id'), option]));
  const ids = new Set(before.map((option) => stringAt(option, 'id')));
  const changes = before.flatMap((option): OptionChange[] => {
    const other = byId.get(stringAt(option, 'id'));
    // The name as it is stands for the option too: a copy, or one created anew, has another id.
    const named = optionNamed(current, option);
    // Both, the option with another name and a new one with its name: a run that was to rename it was interrupted.
    const isHalfRenamed =
      other !== undefined && other !== named && named !== undefined && !ids.has(stringAt(named, 'id'));
    if (named !== undefined && !isHalfRenamed) return [];
    return [{ id: stringAt(other, 'id'), nameNow: stringAt(other, 'name'), was: option }];
  });
  if (changes.length === 0) return undefined;
  return { property: stringAt(now, 'id') ?? '', type, was: before, now: current, changes };
}

/** The one of `options` that has the name of `option`, or the name that requests can give it. */
function optionNamed(options: readonly JsonObject[], option: JsonObject): JsonObject | undefined {
  const name = stringAt(option, 'name') ?? '';
  return (
    options.find((other) => other.name === name) ??
    options.find((other) => other.name === writableOptionName(name))
  );
}

/** Options that are brought back. */
export function optionDifferences(property: JsonObject, chosen: OptionChanges | undefined): Difference[] {
  return (chosen?.changes ?? []).map(({ nameNow, was }) => ({
    what: nameNow === undefined ? 'option removed' : 'option renamed',
    name: nameOf(property),
    was: stringAt(was, 'name') ?? '',
    ...(nameNow === undefined ? {} : { now: nameNow }),
  }));
}

/** Options that have another colour now: no request gives them theirs back. */
export function colourDifferences(was: JsonObject, now: JsonObject): Difference[] {
  if (propertyType(stringAt(was, 'type') ?? '')?.hasOptions !== true || was.type !== now.type) return [];
  const current = optionsOf(now);
  return optionsOf(was).flatMap((option): Difference[] => {
    const [name, colour] = [stringAt(option, 'name') ?? '', stringAt(option, 'color') ?? 'default'];
    const other = current.find((candidate) => candidate.name === name);
    const colourNow = stringAt(other, 'color') ?? 'default';
    if (other === undefined || colourNow === colour) return [];
    return [
      {
        what: 'option colour',
        name: nameOf(was),
        was: `${name}: ${colour}`,
        now: `${name}: ${colourNow}`,
        left: 'no request changes the colour of an option',
      },
    ];
  });
}

/** Options for a request, in the snapshot's order: those that are there by id, missing ones by name; without `dropped`. */
export function optionRequest(options: OptionChanges, dropped: ReadonlySet<string>): Json {
  const idIn = (option: JsonObject) => stringAt(option, 'id') ?? '';
  const missing = new Set(options.changes.map(({ was }) => idIn(was)));
  const nameIn = (option: JsonObject) => stringAt(option, 'name') ?? '';
  const known = (option: JsonObject): JsonObject => ({ id: idIn(option), name: nameIn(option) });
  const listed = options.was.flatMap((option): JsonObject[] => {
    if (missing.has(idIn(option))) {
      const again = optionNamed(options.now, option);
      if (again !== undefined) return [known(again)];
      return [{ name: writableOptionName(nameIn(option)), ...optionColour(option.color) }];
    }
    const now = options.now.find((other) => idIn(other) === idIn(option) || nameIn(other) === nameIn(option));
    return now === undefined ? [] : [known(now)];
  });
  const ids = new Set(listed.map(idIn));
  const rest = options.now.filter((option) => !ids.has(idIn(option)) && !dropped.has(idIn(option)));
  return [...listed, ...rest.map(known)];
}

function nameOf(property: JsonObject): string {
  return stringAt(property, 'name') ?? '';
}
