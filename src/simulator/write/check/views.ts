/** Views in requests: what each type must and may configure. Fields that are only read are refused. */
import { iconColours } from '../lists/colours.ts';
import { uuid } from './ids.ts';
import type { Check } from './problems.ts';
import type { ObjectRule } from './shapes.ts';
import {
  array,
  boolean,
  filledString,
  integer,
  nullable,
  number,
  object,
  oneOf,
  optional,
  record,
  string,
} from './shapes.ts';
import { byType, cards, clearable, groupBy, heights, propertyList } from './view-parts.ts';

/** The types a view can be of. */
export const viewTypes: readonly string[] =
  'table board list calendar timeline gallery form chart map dashboard'.split(' ');

const aggregation = object({
  aggregator: oneOf(
    (
      'count count_values sum average median min max range unique empty not_empty percent_empty percent_not_empty ' +
      'checked unchecked percent_checked percent_unchecked earliest_date latest_date date_range'
    ).split(' '),
  ),
  property_id: optional(string()),
});

const referenceLine = object({
  value: number,
  label: string(),
  color: oneOf(iconColours),
  dash_style: oneOf(['solid', 'dash']),
  id: optional(string()),
});

const chart: ObjectRule = {
  chart_type: oneOf(['column', 'bar', 'line', 'donut', 'number']),
  x_axis: clearable(groupBy),
  y_axis: clearable(aggregation),
  x_axis_property_id: clearable(string()),
  y_axis_property_id: clearable(string()),
  value: clearable(aggregation),
  sort: clearable(oneOf(['manual', 'x_ascending', 'x_descending', 'y_ascending', 'y_descending'])),
  color_theme: clearable(
    oneOf('gray blue yellow green purple teal orange pink red auto colorful'.split(' ')),
  ),
  height: clearable(oneOf(heights)),
  hide_empty_groups: clearable(boolean),
  legend_position: clearable(oneOf(['off', 'bottom', 'side'])),
  show_data_labels: clearable(boolean),
  axis_labels: clearable(oneOf(['none', 'x_axis', 'y_axis', 'both'])),
  grid_lines: clearable(oneOf(['none', 'horizontal', 'vertical', 'both'])),
  cumulative: clearable(boolean),
  smooth_line: clearable(boolean),
  hide_line_fill_area: clearable(boolean),
  group_style: clearable(oneOf(['normal', 'percent', 'side_by_side'])),
  y_axis_min: clearable(number),
  y_axis_max: clearable(number),
  donut_labels: clearable(oneOf(['none', 'value', 'name', 'name_and_value'])),
  hide_title: clearable(boolean),
  stack_by: clearable(groupBy),
  reference_lines: clearable(array(referenceLine)),
  caption: clearable(string()),
  color_by_value: clearable(boolean),
};

const timeline: ObjectRule = {
  date_property_id: string(),
  end_date_property_id: clearable(string()),
  properties: propertyList,
  show_table: clearable(boolean),
  table_properties: propertyList,
  preference: clearable(
    object({
      zoom_level: oneOf(['hours', 'day', 'week', 'bi_week', 'month', 'quarter', 'year', '5_years']),
      center_timestamp: optional(number),
    }),
  ),
  arrows_by: clearable(object({ property_id: clearable(string()) })),
  color_by: clearable(boolean),
};

const table: ObjectRule = {
  properties: propertyList,
  group_by: clearable(groupBy),
  subtasks: clearable(
    object({
      property_id: optional(string()),
      display_mode: optional(oneOf(['show', 'hidden', 'flattened', 'disabled'])),
      filter_scope: optional(oneOf(['parents', 'parents_and_subitems', 'subitems'])),
      toggle_column_id: optional(string()),
    }),
  ),
  wrap_cells: optional(boolean),
  frozen_column_index: optional(integer(0)),
  show_vertical_lines: optional(boolean),
};

/** Configuration of each type; a dashboard takes nothing, its rows are its widgets. */
const configuration: Check = byType({
  table,
  board: { group_by: groupBy, sub_group_by: clearable(groupBy), ...cards },
  list: { properties: propertyList },
  calendar: {
    date_property_id: string(),
    properties: propertyList,
    view_range: clearable(oneOf(['week', 'month'])),
    show_weekends: clearable(boolean),
  },
  timeline,
  gallery: cards,
  form: {
    is_form_closed: clearable(boolean),
    anonymous_submissions: clearable(boolean),
    submission_permissions: clearable(oneOf(['none', 'comment_only', 'reader', 'read_and_write', 'editor'])),
  },
  chart,
  map: { height: clearable(oneOf(heights)), map_by: clearable(string()), properties: propertyList },
});

/** Types that cannot do without a configuration. */
export const configuredTypes: readonly string[] = ['board', 'calendar', 'timeline', 'chart'];

const direction = oneOf(['ascending', 'descending']);
const propertySort = object({ property: string(), direction });
const timestampSort = object({ timestamp: oneOf(['created_time', 'last_edited_time']), direction });
const anySort: Check = (value, path, problems) => {
  const isTimed =
    typeof value === 'object' && value !== null && !Array.isArray(value) && value.timestamp !== undefined;
  (isTimed ? timestampSort : propertySort)(value, path, problems);
};

/** Filters are judged against the schema, where it is known. */
const unjudged: Check = () => {};

const position: Check = byType({ start: {}, end: {}, after_view: { view_id: uuid } });
const placement: Check = byType({
  new_row: { row_index: optional(integer(0)) },
  existing_row: { row_index: integer(0) },
});
const linked = object({
  parent: object({ type: oneOf(['page_id']), page_id: uuid }),
  position: optional(object({ type: oneOf(['after_block']), block_id: uuid })),
});

/** The body of `POST /views`. */
export const newView: ObjectRule = {
  data_source_id: uuid,
  name: filledString(),
  type: oneOf(viewTypes),
  database_id: optional(uuid),
  view_id: optional(uuid),
  create_database: optional(linked),
  filter: optional(unjudged),
  sorts: optional(array(anySort)),
  quick_filters: optional(record(unjudged)),
  configuration: optional(configuration),
  position: optional(position),
  placement: optional(placement),
};

/** The body of `PATCH /views/{id}`; sorts by timestamp are not taken here. */
export const viewChange: ObjectRule = {
  name: optional(filledString()),
  filter: optional(nullable(unjudged)),
  sorts: optional(nullable(array(propertySort))),
  quick_filters: optional(nullable(record(unjudged))),
  configuration: optional(configuration),
};
