/** The types this program knows. Others are kept raw in the documents and counted in the manifest. */
import type { JsonObject } from '../../../document/json.ts';
import { objectAt, stringAt } from '../../../document/json.ts';
import type { CounterName } from '../state/counters.ts';
import { unknownParentType } from '../state/parent.ts';

function typeSet(names: string): ReadonlySet<string> {
  return new Set(names.split(' '));
}

/** `transcription` is the name of meeting_notes before 2026-03-11. */
export const knownBlockTypes = typeSet(
  'paragraph heading_1 heading_2 heading_3 heading_4 bulleted_list_item numbered_list_item to_do toggle quote callout ' +
    'code equation divider breadcrumb table_of_contents template synced_block column_list column table table_row tab ' +
    'link_to_page embed bookmark image video pdf audio file child_page child_database link_preview meeting_notes ' +
    'transcription unsupported',
);

const knownPropertyTypes = typeSet(
  'title rich_text number select multi_select status date people files checkbox url email phone_number relation rollup ' +
    'formula unique_id created_time created_by last_edited_time last_edited_by place verification button location ' +
    'last_visited_time',
);

const knownIconTypes = typeSet('emoji external file custom_emoji icon file_upload');

const knownViewTypes = typeSet('table board list calendar timeline gallery form chart map dashboard');

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
    if (!knownPropertyTypes.has(type)) tally(tallies, `unknown:property:${type}`);
  }
  const icon = stringAt(objectAt(object, 'icon'), 'type');
  if (icon !== undefined && !knownIconTypes.has(icon)) tally(tallies, `unknown:icon:${icon}`);
  const parent = unknownParentType(object);
  if (parent !== undefined) tally(tallies, `unknown:parent:${parent}`);
}

/** Counts a view of unknown type. */
export function tallyUnknownView(view: JsonObject, tallies: Tallies): void {
  const type = stringAt(view, 'type') ?? '?';
  if (!knownViewTypes.has(type)) tally(tallies, `unknown:view:${type}`);
}
