/** Views for requests: property and object ids replaced by the copy's, and members that only answers have left out. */
import type { Json, JsonObject } from '../../../document/json.ts';
import { isObject, stringAt } from '../../../document/json.ts';
import { compactId } from '../../../document/notion-id.ts';
import { isKnownViewType } from '../../../document/views/view-types.ts';
import type { ViewContext } from './view-filters.ts';
import { propertyOf, quickFiltersOf, writableFilter } from './view-filters.ts';

/** Types that cannot do without a configuration, and what of it they cannot do without. */
const requiredSettings: { readonly [type: string]: string } = {
  board: 'group_by',
  calendar: 'date_property_id',
  timeline: 'date_property_id',
  chart: 'chart_type',
};

/** A view as requests take it: its name, filters, sorts, grouping and appearance. */
export interface ViewBody {
  readonly type: string;
  readonly body: JsonObject;
  /** True when a timestamp sorts it: that can be said when it is created, not afterwards. */
  readonly sortsByTime: boolean;
  /** The part of the configuration that its type cannot do without. */
  readonly required: JsonObject;
}

/** The view as requests take it; undefined when they do not know its type, or it lacks what its type cannot do without. */
export function viewBody(view: JsonObject, context: ViewContext): ViewBody | undefined {
  const type = stringAt(view, 'type') ?? '';
  const id = compactId(stringAt(view, 'id') ?? '');
  if (!isKnownViewType(type)) {
    context.conversion.note('lost', `view ${type}`, id, 'the API does not know its type');
    return undefined;
  }
  const configuration = type === 'dashboard' ? undefined : configurationOf(view, id, context);
  const required = requiredSettings[type];
  if (required !== undefined && configuration?.[required] === undefined) {
    context.conversion.note(
      'lost',
      `view ${type}`,
      id,
      `it cannot be without ${required}, which is not there`,
    );
    return undefined;
  }
  const filter = isObject(view.filter) ? writableFilter(view.filter, id, context) : undefined;
  const sorts = sortsOf(view, id, context);
  const quick = quickFiltersOf(view, id, context);
  noteUnsaid(type, id, context);
  return {
    type,
    required:
      required === undefined
        ? {}
        : { configuration: { type, [required]: configuration?.[required] ?? null } },
    sortsByTime: sorts.some((sort) => sort.timestamp !== undefined),
    body: {
      name: nameOf(view, type),
      ...(filter === undefined ? {} : { filter }),
      ...(sorts.length === 0 ? {} : { sorts }),
      ...(Object.keys(quick).length === 0 ? {} : { quick_filters: quick }),
      ...(configuration === undefined ? {} : { configuration }),
    },
  };
}

function nameOf(view: JsonObject, type: string): string {
  const name = stringAt(view, 'name') ?? '';
  return name === '' ? `${type.slice(0, 1).toUpperCase()}${type.slice(1)}` : name;
}

/** Notes the parts of a view that the API neither shows nor takes. */
function noteUnsaid(type: string, id: string, { conversion }: ViewContext): void {
  if (type === 'form')
    conversion.note('approximated', 'view form', id, 'the API does not show the questions of a form');
  if (type === 'dashboard')
    conversion.note(
      'approximated',
      'view dashboard',
      id,
      'heights of rows and widths of widgets cannot be set',
    );
}

function configurationOf(view: JsonObject, id: string, context: ViewContext): JsonObject | undefined {
  const { configuration } = view;
  if (!isObject(configuration)) return undefined;
  return settingsOf(configuration, id, context);
}

/** Keys that hold the id of a property. */
const propertyKeys = /^(property_id|map_by|toggle_column_id|\w+_property_id)$/;
/** Keys that repeat the name of one, in answers only. */
const nameKeys = /^(property_name|\w+_property_name)$/;

/** Settings with their properties mapped; a setting whose property is not there is left out. */
function settingsOf(settings: JsonObject, id: string, context: ViewContext): JsonObject {
  const kept: JsonObject = {};
  for (const [key, value] of Object.entries(settings)) {
    if (value === null || nameKeys.test(key)) continue;
    const written = setting(key, value, id, context);
    if (written !== undefined) kept[key] = written;
  }
  return kept;
}

function setting(key: string, value: Json, id: string, context: ViewContext): Json | undefined {
  if (propertyKeys.test(key) && typeof value === 'string') return context.propertyId(value);
  if (key === 'cover' && stringAt(value, 'type') === 'page_content_first') {
    context.conversion.note(
      'approximated',
      'view cover',
      id,
      'a cover from the first content is written as from the content',
    );
    return { type: 'page_content' };
  }
  if (Array.isArray(value))
    return value.flatMap((item): Json[] => {
      if (!isObject(item)) return [item];
      const written = settingsOf(item, id, context);
      return hasLostProperty(item, written) ? [] : [written];
    });
  if (!isObject(value)) return value;
  const written = settingsOf(isGrouping(value) ? fittingGroup(value, id, context) : value, id, context);
  if (!hasLostProperty(value, written)) return written;
  context.conversion.note('approximated', 'view setting', id, `${key} names a property that is not restored`);
  return undefined;
}

function isGrouping(value: JsonObject): boolean {
  return typeof value.property_id === 'string' && typeof value.type === 'string' && value.sort !== undefined;
}

/** Names of property types in groupings, where schemas use another name. */
const groupNames: { readonly [type: string]: string } = { people: 'person', rich_text: 'text' };
/** Granularity of the groupings that require one. */
const granularity: { readonly [type: string]: string } = {
  status: 'option',
  date: 'relative',
  created_time: 'relative',
  last_edited_time: 'relative',
  text: 'exact',
  title: 'exact',
  url: 'exact',
  email: 'exact',
  phone_number: 'exact',
};

/** A grouping of the type its property has; the API refuses any other. */
function fittingGroup(group: JsonObject, id: string, context: ViewContext): JsonObject {
  const stored = propertyOf(stringAt(group, 'property_id') ?? '', context)?.stored;
  const type = stringAt(stored, 'type') ?? '';
  const wanted = groupNames[type] ?? type;
  if (stored === undefined || wanted === group.type) return group;
  context.conversion.note(
    'approximated',
    'view setting',
    id,
    `its grouping is changed to fit a property of type ${type}`,
  );
  const { property_id, sort, hide_empty_groups } = group;
  return {
    type: wanted,
    property_id: property_id ?? null,
    sort: sort ?? null,
    hide_empty_groups: hide_empty_groups ?? null,
    group_by: granularity[wanted] ?? null,
  };
}

function hasLostProperty(given: JsonObject, written: JsonObject): boolean {
  return typeof given.property_id === 'string' && written.property_id === undefined;
}

function sortsOf(view: JsonObject, id: string, context: ViewContext): JsonObject[] {
  if (!Array.isArray(view.sorts)) return [];
  return view.sorts.filter(isObject).flatMap((sort): JsonObject[] => {
    const direction = sort.direction === 'descending' ? 'descending' : 'ascending';
    if (typeof sort.timestamp === 'string') return [{ timestamp: sort.timestamp, direction }];
    const property = propertyOf(stringAt(sort, 'property') ?? '', context);
    if (property !== undefined) return [{ property: property.key, direction }];
    context.conversion.note('approximated', 'view sort', id, 'it sorts by a property that is not restored');
    return [];
  });
}

/** True when a view names any property. */
export function namesProperties(view: JsonObject): boolean {
  const text = JSON.stringify([view.configuration ?? null, view.filter ?? null, view.sorts ?? null]);
  return (
    /"(property|property_id|map_by|toggle_column_id|\w+_property_id)":"/.test(text) ||
    isObject(view.quick_filters)
  );
}
