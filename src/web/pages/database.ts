/** A database: its title, its views as tabs, the rows of the view shown, a piece at a time. */
import type { DatabaseDocument } from '../../document/documents.ts';
import type { JsonObject } from '../../document/json.ts';
import { objectAt } from '../../document/json.ts';
import { noteDatabase } from '../../document/render/tree/gap-notes.ts';
import { plainText } from '../../document/rich-text.ts';
import type { ViewRows } from '../../document/views/rows-of-view.ts';
import { rowsOfView } from '../../document/views/rows-of-view.ts';
import type { SchemaProperty } from '../../document/views/view-schema.ts';
import { schemaProperties } from '../../document/views/view-schema.ts';
import { objectAddress } from '../addresses.ts';
import type { Child } from '../elements.ts';
import { h } from '../elements.ts';
import type { PlacedObject } from '../reading/objects.ts';
import { pageLinks } from '../reading/page-links.ts';
import type { Row } from '../reading/rows.ts';
import { maxRows, rowsOf } from '../reading/rows.ts';
import type { OpenSnapshot } from '../reading/snapshot.ts';
import { words } from '../words.ts';
import { iconOf } from './parts/icon.ts';
import { boardView, galleryView, listView } from './views/cards.ts';
import type { CellContext } from './views/cells.ts';
import { chartView } from './views/chart.ts';
import type { Choice } from './views/choice.ts';
import {
  addressOf,
  choiceOf,
  hasWords,
  isOrdered,
  plainConfiguration,
  refersToPages,
  tabBar,
  viewFor,
} from './views/choice.ts';
import { calendarView, datedRows, timelineView } from './views/dated.ts';
import { tableView } from './views/table.ts';
import { holdsRow, viewTabs } from './views/view-tabs.ts';

/** Rows on one page. */
const pieceSize = 100;

/** A view that needs every row waits for them so long; then it shows what there is and says so. */
const patienceMs = 400;

/** The database as it is asked for. @throws KlosetError `integrity` */
export async function databaseElements(
  snapshot: OpenSnapshot,
  object: PlacedObject,
  document: DatabaseDocument,
  query: URLSearchParams,
): Promise<Child> {
  const own = document.database ?? document.data_sources[0] ?? {};
  const title = plainText(own.title) || words.untitled;
  const description = plainText(own.description);
  const tabs = viewTabs(document);
  const choice = choiceOf(tabs, query);
  const address = objectAddress(snapshot.id, object.id);
  const noted = noteDatabase(document);
  return [
    h('h1', {}, iconOf(own.icon ?? null, { snapshot: snapshot.id, ...object }), ' ', title),
    description === '' ? undefined : h('p', {}, description),
    tabBar(tabs, choice, address),
    await shownView(snapshot, object, document, choice, address),
    [...noted.rows, ...noted.rest].map((note) => h('p', {}, h('strong', { className: ['missing'] }, note))),
    await templates(snapshot, object),
  ];
}

async function shownView(
  snapshot: OpenSnapshot,
  object: PlacedObject,
  document: DatabaseDocument,
  choice: Choice,
  address: string,
): Promise<Child> {
  const { tab } = choice;
  const reading = rowsOf(snapshot, object);
  const view = viewFor(choice);
  const needsAll = isOrdered(view, choice);
  if (needsAll) await reading.allWithin(patienceMs);
  else await reading.upTo(choice.from + pieceSize + 1);
  const isReady = !needsAll || reading.isWhole;
  const holds = holdsRow(tab, document);
  const all = reading.rows.filter(({ page }) => holds(page));
  const schema = objectAt(tab.source, 'properties') ?? {};
  const properties = schemaProperties(schema);
  const titles = refersToPages(view, properties) ? all : [];
  const links = await pageLinks(
    snapshot,
    object,
    titles.map(({ page }) => page),
  );
  const { title: titleOf = () => undefined } = links;
  const nowMs = Date.parse(snapshot.header.time);
  // Until all rows are there a view has no order: it shows what has been read so far.
  const rows = isReady
    ? rowsOfView({ rows: all.filter((row) => hasWords(row, choice.find)), view, schema, nowMs, titleOf })
    : rowsOfView({
        rows: all.slice(0, pieceSize),
        view: { configuration: plainConfiguration(view) },
        schema,
        nowMs,
        titleOf,
      });
  const shown = await piece(snapshot, object, rows, choice);
  // Of the group where one is shown alone.
  const total = needsAll && isReady ? shown.count : undefined;
  return [
    [
      ...(isReady
        ? []
        : [
            h(
              'p',
              { className: ['reading'], dataReload: '' },
              words.database.reading(reading.rows.length),
              ' ',
              h('a', { href: addressOf(address, choice, {}) }, words.database.again),
            ),
          ]),
      ...notesOf(choice, rows, reading.isCut).map((note) => h('p', { className: ['caption'] }, note)),
    ],
    formOf(
      choice,
      view,
      properties,
      { ...rows, ...shown },
      { snapshot: snapshot.id, links: shown.links },
      address,
    ),
    isPaged(choice, rows)
      ? pager(address, choice, {
          count: Math.min(pieceSize, shown.rows.length),
          hasMore: choice.from + pieceSize < shown.count,
          total,
        })
      : total === undefined
        ? undefined
        : h('p', { className: ['caption'] }, words.database.count(total)),
  ];
}

/** The rows of this piece, with the links that their cells need. */
async function piece(
  snapshot: OpenSnapshot,
  object: PlacedObject,
  { rows, groups }: ViewRows<Row>,
  choice: Choice,
) {
  const { from, group } = choice;
  const list = group === null ? rows : (groups?.find(({ name }) => name === group)?.rows ?? []);
  const own = list.slice(from, from + pieceSize);
  const inPiece = new Set(own);
  const seen =
    choice.tab.form === 'board' && group === null
      ? (groups ?? []).flatMap((each) => each.rows.slice(0, 50))
      : own;
  const links = await pageLinks(
    snapshot,
    object,
    seen.map(({ page }) => page),
  );
  const shownGroups =
    choice.tab.form === 'board' || choice.tab.form === 'chart'
      ? groups
      : groups
          ?.map(({ name, rows: of }) => ({ name, rows: of.filter((row) => inPiece.has(row)) }))
          .filter(({ name, rows: of }) => of.length > 0 && (group === null || name === group));
  return { rows: own, groups: shownGroups, count: list.length, links };
}

function notesOf({ tab }: Choice, { notes }: ViewRows<Row>, isCut: boolean): string[] {
  return [
    ...(tab.type === tab.form ? [] : [words.database.asTable(tab.type)]),
    ...notes,
    ...(isCut ? [words.database.cut(maxRows)] : []),
  ];
}

/** Calendars, lines of time and charts show all of their rows at once. */
function isPaged({ tab, group }: Choice, { groups }: ViewRows<Row>): boolean {
  if (tab.form === 'board') return group !== null || groups === undefined;
  return !['calendar', 'timeline', 'chart'].includes(tab.form);
}

function formOf(
  choice: Choice,
  view: JsonObject,
  schema: readonly SchemaProperty[],
  rows: ViewRows<Row>,
  context: CellContext,
  address: string,
): Child {
  const { tab } = choice;
  const title = schema.filter(({ type }) => type === 'title').slice(0, 1);
  const ordered = [...title, ...schema.filter(({ type }) => type !== 'title')];
  const cards = { rows: rows.rows, properties: rows.properties ?? title, context };
  switch (choice.group === null || tab.form !== 'board' ? tab.form : 'list') {
    case 'board':
      if (rows.groups === undefined) return listView(cards);
      return boardView(cards, rows.groups, (group) =>
        addressOf(address, choice, { g: group, from: undefined }),
      );
    case 'list':
      return listView(cards);
    case 'gallery':
      return galleryView(cards, view);
    case 'calendar':
      return calendarView(datedRows(rows.rows, view, schema), context, choice.month, (month) =>
        addressOf(address, choice, { month }),
      );
    case 'timeline':
      return timelineView(datedRows(rows.rows, view, schema), context);
    case 'chart':
      return rows.groups === undefined ? undefined : chartView(view, rows.groups, schema);
    default:
      return tableView({
        rows: rows.rows,
        groups: rows.groups,
        properties: rows.properties ?? ordered,
        context,
        label: tab.name,
        sorting: sortingOf(choice, address),
      });
  }
}

function sortingOf(choice: Choice, address: string) {
  return (property: SchemaProperty) => {
    const isSorted = choice.sort === property.id;
    const now = isSorted
      ? choice.isDescending
        ? ('descending' as const)
        : ('ascending' as const)
      : undefined;
    const href = addressOf(address, choice, {
      sort: property.id,
      dir: isSorted && !choice.isDescending ? 'down' : undefined,
      from: undefined,
    });
    return { href, now };
  };
}

function pager(
  address: string,
  choice: Choice,
  {
    count,
    hasMore,
    total,
  }: { readonly count: number; readonly hasMore: boolean; readonly total: number | undefined },
): Child {
  const { from } = choice;
  if (from === 0 && !hasMore) return h('p', { className: ['caption'] }, words.database.count(count));
  const to = (start: number, label: string, rel: string) =>
    h(
      'a',
      { href: addressOf(address, choice, { from: start === 0 ? undefined : start }), rel: [rel] },
      label,
    );
  return h(
    'nav',
    { className: ['pages'], ariaLabel: words.database.pieces },
    from === 0 ? undefined : [to(Math.max(0, from - pieceSize), words.database.before, 'prev'), ' '],
    words.database.range(from + 1, from + count, total),
    hasMore ? [' ', to(from + pieceSize, words.database.after, 'next')] : undefined,
  );
}

async function templates(snapshot: OpenSnapshot, object: PlacedObject): Promise<Child> {
  const path = `${object.path}/_templates`;
  if ((await snapshot.reader.entry(path)) === undefined) return undefined;
  const { objects } = await snapshot.objects.below(path);
  const items = await Promise.all(
    objects.map(async (each) =>
      h(
        'li',
        {},
        h('a', { href: objectAddress(snapshot.id, each.id) }, (await snapshot.title(each)) || words.untitled),
      ),
    ),
  );
  return h('details', {}, h('summary', {}, words.tree.templates), h('ul', {}, items));
}
