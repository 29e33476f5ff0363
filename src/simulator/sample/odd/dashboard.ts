/** A dashboard whose widgets a list of views may not name (see the fault `widgetsUnlisted`). */
import type { Parent, View } from '../../workspace/state.ts';
import { addSimple } from '../databases/odd-databases.ts';
import type { Sample } from '../parts/sample.ts';
import { sampleView } from '../parts/tables.ts';

export interface Dashboard {
  readonly dashboard: View;
  /** Named by the dashboard's configuration. */
  readonly widgets: readonly View[];
}

/** Adds a database with a table view and a dashboard of two widgets. */
export function addDashboard(sample: Sample, parent: Parent): Dashboard {
  const source = addSimple(sample, parent, 'Figures', ['One', 'Two']);
  const database = sample.state.databases.get(source.databaseId);
  if (database === undefined) throw new Error('the dashboard has no database');
  const dashboard = sampleView(sample, database, null, 'Dashboard', { type: 'dashboard', rows: [] });
  const inside = { dashboardViewId: dashboard.id };
  const widgets = [
    sampleView(sample, database, source, 'Widget: list', { type: 'list' }, inside),
    sampleView(sample, database, source, 'Widget: gallery', { type: 'gallery' }, inside),
  ];
  const cells = widgets.map(({ id }, index) => ({
    id: `cell-${index}`,
    view_id: id,
    width: 6,
    row_index: 0,
  }));
  dashboard.configuration = { type: 'dashboard', rows: [{ id: 'row-1', height: 300, widgets: cells }] };
  return { dashboard, widgets };
}
