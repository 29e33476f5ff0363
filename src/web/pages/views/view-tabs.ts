/** The saved views of a database as tabs, each with the form in which it can be shown and the data source it is of. */
import type { DatabaseDocument } from '../../../document/documents.ts';
import type { JsonObject } from '../../../document/json.ts';
import { objectAt, stringAt } from '../../../document/json.ts';
import { printable } from '../../../document/names.ts';
import { compactId } from '../../../document/notion-id.ts';
import { words } from '../../words.ts';

export type ViewForm = 'table' | 'board' | 'list' | 'gallery' | 'calendar' | 'timeline' | 'chart';

export interface ViewTab {
  readonly index: number;
  readonly name: string;
  /** The type that Notion calls it. */
  readonly type: string;
  readonly form: ViewForm;
  readonly view: JsonObject;
  /** The data source it shows; an empty object where the document has none. */
  readonly source: JsonObject;
}

const forms: readonly string[] = ['table', 'board', 'list', 'gallery', 'calendar', 'timeline', 'chart'];

/** The tabs, in Notion's order. A database without views has one table of everything. */
export function viewTabs(database: DatabaseDocument): ViewTab[] {
  const sources = database.data_sources.length > 0 ? database.data_sources : [database.database ?? {}];
  const [first = {}] = sources;
  const tabs = database.views.map((view, index): ViewTab => {
    const type = stringAt(view, 'type') ?? '';
    const id = compactId(stringAt(view, 'data_source_id') ?? '');
    const own = sources.find((source) => compactId(stringAt(source, 'id') ?? '') === id);
    return {
      index,
      name: printable(stringAt(view, 'name') ?? '').trim() || type,
      type,
      form: isForm(type) ? type : 'table',
      view,
      source: own ?? first,
    };
  });
  if (tabs.length > 0) return tabs;
  return sources.map((source, index) => ({
    index,
    name: words.database.all,
    type: 'table',
    form: 'table',
    view: {},
    source,
  }));
}

function isForm(type: string): type is ViewForm {
  return forms.includes(type);
}

/** True for the rows of the tab's data source; a row whose source is not known stands in the first. */
export function holdsRow(tab: ViewTab, database: DatabaseDocument): (page: JsonObject) => boolean {
  const ids = database.data_sources.map((source) => compactId(stringAt(source, 'id') ?? ''));
  if (ids.length < 2) return () => true;
  const own = compactId(stringAt(tab.source, 'id') ?? '');
  return (page) => {
    const of = compactId(stringAt(objectAt(page, 'parent'), 'data_source_id') ?? '');
    return ids.includes(of) ? of === own : own === ids[0];
  };
}
