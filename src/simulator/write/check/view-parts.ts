/** Parts of view configurations: groupings, property lists, covers (SDK 5.26 request types). */
import { isJsonObject } from '../../workspace/json.ts';
import type { Check } from './problems.ts';
import type { ObjectRule } from './shapes.ts';
import { array, boolean, demand, nullable, number, object, oneOf, optional, string } from './shapes.ts';

/** May be left out, or null to clear it. */
export function clearable(check: Check): { readonly optional: Check } {
  return optional(nullable(check));
}

/** Sizes of charts and maps. */
export const heights: readonly string[] = ['small', 'medium', 'large', 'extra_large'];

const sort = object({ type: oneOf(['manual', 'ascending', 'descending']) });
const dateSteps = ['relative', 'day', 'week', 'month', 'year'];
const grouped: ObjectRule = { property_id: string(), sort, hide_empty_groups: optional(boolean) };
const ranges: ObjectRule = {
  range_start: optional(number),
  range_end: optional(number),
  range_size: optional(number),
};
const weekStart = optional(oneOf([0, 1]));
const exactness = oneOf(['exact', 'alphabet_prefix']);

const formulaGroups: { readonly [type: string]: ObjectRule } = {
  date: { group_by: oneOf(dateSteps), sort, start_day_of_week: weekStart },
  text: { group_by: exactness, sort },
  number: { sort, ...ranges },
  checkbox: { sort },
};

/** Grouping of each type of property; the property must be of that type. */
const groups: { readonly [type: string]: ObjectRule } = {
  ...sameFor(
    ['select', 'multi_select', 'person', 'created_by', 'last_edited_by', 'relation', 'checkbox'],
    grouped,
  ),
  status: { ...grouped, group_by: oneOf(['group', 'option']) },
  ...sameFor(['date', 'created_time', 'last_edited_time'], {
    ...grouped,
    group_by: oneOf(dateSteps),
    start_day_of_week: weekStart,
  }),
  ...sameFor(['text', 'title', 'url', 'email', 'phone_number'], { ...grouped, group_by: exactness }),
  number: { ...grouped, ...ranges },
  formula: {
    property_id: string(),
    hide_empty_groups: optional(boolean),
    group_by: byType(formulaGroups),
  },
};

/** A grouping, told apart by its type. */
export const groupBy: Check = byType(groups);

const propertyEntry = object({
  property_id: string(),
  visible: optional(boolean),
  width: optional(number),
  wrap: optional(boolean),
  status_show_as: optional(oneOf(['select', 'checkbox'])),
  card_property_width_mode: optional(oneOf(['full_line', 'inline'])),
  date_format: optional(
    oneOf(['full', 'short', 'month_day_year', 'day_month_year', 'year_month_day', 'relative']),
  ),
  time_format: optional(oneOf(['12_hour', '24_hour', 'hidden'])),
});

/** The properties a view shows; those it does not list become hidden. */
export const propertyList = clearable(array(propertyEntry));

/** Cards of boards and galleries. `page_content_first` is read, never written. */
export const cards: ObjectRule = {
  properties: propertyList,
  cover: clearable(
    object({ type: oneOf(['page_cover', 'page_content', 'property']), property_id: optional(string()) }),
  ),
  cover_size: clearable(oneOf(['small', 'medium', 'large'])),
  cover_aspect: clearable(oneOf(['contain', 'cover'])),
  card_layout: clearable(oneOf(['list', 'compact'])),
};

/** An object whose `type` chooses its other keys. */
export function byType(rules: { readonly [type: string]: ObjectRule }): Check {
  const types = oneOf(Object.keys(rules));
  return (value, path, problems) => {
    if (!isJsonObject(value)) return demand(value, path, problems, 'an object');
    const rule = typeof value.type === 'string' ? rules[value.type] : undefined;
    if (rule === undefined) types(value.type, `${path}.type`, problems);
    else object({ type: types, ...rule })(value, path, problems);
  };
}

function sameFor(types: readonly string[], rule: ObjectRule): { [type: string]: ObjectRule } {
  return Object.fromEntries(types.map((type) => [type, rule]));
}
