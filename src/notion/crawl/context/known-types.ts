/** Counts types this program does not know: such things are kept raw in the documents, and named in the manifest. */
import type { JsonObject } from '../../../document/json.ts';
import { objectAt, stringAt } from '../../../document/json.ts';
import { isKnownPropertyType } from '../../../document/property-types.ts';
import { isKnownViewType } from '../../../document/views/view-types.ts';
import type { CounterName } from '../state/counters.ts';
import { unknownParentType } from '../state/parent.ts';

const knownIconTypes = new Set(['emoji', 'external', 'file', 'custom_emoji', 'icon', 'file_upload']);

/** Counters of one object, on their way into the checkpoint. */
export type Tallies = Map<CounterName, number>;

/** Counts one more of `name`. */
export function tally(tallies: Tallies, name: CounterName): void {
  tallies.set(name, (tallies.get(name) ?? 0) + 1);
}

/** Counts the unknown property, icon and parent types of a page, database or data source. */
export function tallyUnknown(object: JsonObject, tallies: Tallies): void {
  for (const property of Object.values(objectAt(object, 'properties') ?? {})) {
    const type = stringAt(property, 'type') ?? '?';
    if (!isKnownPropertyType(type)) tally(tallies, `unknown:property:${type}`);
  }
  const icon = stringAt(objectAt(object, 'icon'), 'type');
  if (icon !== undefined && !knownIconTypes.has(icon)) tally(tallies, `unknown:icon:${icon}`);
  const parent = unknownParentType(object);
  if (parent !== undefined) tally(tallies, `unknown:parent:${parent}`);
}

/** Counts a view of unknown type. */
export function tallyUnknownView(view: JsonObject, tallies: Tallies): void {
  const type = stringAt(view, 'type') ?? '?';
  if (!isKnownViewType(type)) tally(tallies, `unknown:view:${type}`);
}
