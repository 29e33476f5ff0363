/** Views of the Tasks database: one of every type, with filters, sorts, groups and widgets. */
import type { JsonObject } from '../../workspace/json.ts';
import type { PropertySchema } from '../../workspace/state.ts';
import type { Sample } from '../parts/sample.ts';
import { sampleView } from '../parts/tables.ts';
import type { Tasks } from './tasks-database.ts';
import { shownProperty } from './tasks-database.ts';

type Configuration = JsonObject & { type: string };

const ascending = { type: 'ascending' };
const manual = { type: 'manual' };

export function addTaskViews(sample: Sample, tasks: Tasks): void {
  const { database, source } = tasks;
  const id = (name: string) => encodeURIComponent(tasks.property(name).id);
  const shown = (name: string, visible = true, more: JsonObject = {}) =>
    shownProperty(tasks.property(name), visible, more);
  const view = (name: string, configuration: Configuration, more: Parameters<typeof sampleView>[5] = {}) =>
    sampleView(sample, database, source, name, configuration, more);

  view('All tasks', tableConfiguration(shown, tasks.property('Kind')), {
    filter: {
      and: [
        { property: id('Done'), checkbox: { equals: false } },
        {
          or: [
            { property: id('Tags'), multi_select: { contains: 'home' } },
            { property: id('Due'), date: { is_empty: true } },
          ],
        },
      ],
    },
    sorts: [
      { property: id('Due'), direction: 'ascending' },
      { timestamp: 'last_edited_time', direction: 'descending' },
    ],
    quickFilters: { [id('Assignee')]: { people: { contains: sample.people.ada } } },
  });
  view('Plain', { type: 'table' });
  view('Board', {
    type: 'board',
    group_by: {
      type: 'status',
      property_id: id('Status'),
      property_name: 'Status',
      group_by: 'group',
      sort: manual,
    },
    sub_group_by: { type: 'select', property_id: id('Kind'), property_name: 'Kind', sort: ascending },
    cover: { type: 'page_content_first' },
    cover_size: 'medium',
    cover_aspect: 'cover',
    card_layout: 'compact',
    properties: [shown('Task'), shown('Due', true, { date_format: 'relative', time_format: '24_hour' })],
  });
  view('List', {
    type: 'list',
    properties: [shown('Task'), shown('Status', true, { status_show_as: 'checkbox' })],
  });
  view('Calendar', {
    type: 'calendar',
    date_property_id: id('Due'),
    date_property_name: 'Due',
    view_range: 'month',
    show_weekends: true,
  });
  view('Timeline', {
    type: 'timeline',
    date_property_id: id('Due'),
    date_property_name: 'Due',
    show_table: true,
    table_properties: [shown('Task')],
    preference: { zoom_level: 'bi_week', center_timestamp: 1_767_225_600_000 },
    arrows_by: { property_id: null },
    color_by: true,
  });
  view('Gallery', {
    type: 'gallery',
    cover: { type: 'property', property_id: id('Attachments') },
    cover_size: 'large',
    cover_aspect: 'contain',
    card_layout: 'list',
    properties: [shown('Task')],
  });
  view('Ask for help', {
    type: 'form',
    is_form_closed: false,
    anonymous_submissions: true,
    submission_permissions: 'reader',
  });
  view('Map', {
    type: 'map',
    height: 'large',
    map_by: id('Where'),
    map_by_property_name: 'Where',
    properties: [shown('Task')],
  });
  view('Effort by kind', chartConfiguration(id('Kind'), id('Effort')));
  addDashboard(sample, tasks, chartConfiguration(id('Kind'), id('Effort')));
}

function tableConfiguration(
  shown: (name: string, visible?: boolean, more?: JsonObject) => JsonObject,
  kind: PropertySchema,
): Configuration {
  return {
    type: 'table',
    properties: [shown('Task', true, { width: 320, wrap: true }), shown('Effort'), shown('Press me', false)],
    group_by: {
      type: 'select',
      property_id: encodeURIComponent(kind.id),
      property_name: kind.name,
      sort: ascending,
      hide_empty_groups: true,
    },
    subtasks: { display_mode: 'disabled' },
    wrap_cells: false,
    frozen_column_index: 0,
    show_vertical_lines: true,
  };
}

function chartConfiguration(x: string, y: string): Configuration {
  return {
    type: 'chart',
    chart_type: 'column',
    x_axis: { type: 'select', property_id: x, sort: manual },
    y_axis: { aggregator: 'sum', property_id: y },
    color_theme: 'colorful',
    height: 'medium',
    legend_position: 'side',
    reference_lines: [{ id: 'line-1', value: 10, label: 'Enough', color: 'green', dash_style: 'dash' }],
    caption: 'How much there is',
  };
}

/** A dashboard and the two views that are its widgets. */
function addDashboard(sample: Sample, tasks: Tasks, chart: Configuration): void {
  const { database, source } = tasks;
  const dashboard = sampleView(sample, database, null, 'Dashboard', { type: 'dashboard', rows: [] });
  const widget = { dashboardViewId: dashboard.id };
  const left = sampleView(sample, database, source, 'Widget: chart', chart, widget);
  const right = sampleView(sample, database, source, 'Widget: list', { type: 'list' }, widget);
  const cell = (viewId: string, index: number) => ({
    id: `cell-${index}`,
    view_id: viewId,
    width: 6,
    row_index: 0,
  });
  dashboard.configuration = {
    type: 'dashboard',
    rows: [{ id: 'row-1', height: 300, widgets: [cell(left.id, 1), cell(right.id, 2)] }],
  };
}
