/** The rows that a rendered database shows in each view, against the simulator's own answers for these views. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DefaultTreeAdapterTypes as Tree } from 'parse5';
import { parse } from 'parse5';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { startSimulator } from '../../../src/simulator/server.ts';
import { addPage, addView, richText } from '../../../src/simulator/workspace/state.ts';
import { encodeKeyFile } from '../../../src/store/access/key-file.ts';
import { fakeIo } from '../../cli/fake-io.ts';
import { someFilter, someSorts, tableOfValues } from '../../document/views/table-of-values.ts';
import { arrayOf, clientOf } from '../../simulator/workspace.ts';

let home: string;
let page: Tree.Document;
let cat: (...argv: string[]) => Promise<string>;
/** Ids of the rows that Notion shows in each view, in its order. */
const wanted = new Map<string, string[]>();
const types = ['table', 'list', 'gallery', 'board', 'calendar', 'table', 'list'];

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'kloset-views-'));
  const table = tableOfValues(11, 40);
  const { state, source } = table;
  const row = { parent: { type: 'data_source_id', id: source.id } } as const;
  addPage(state, { ...row, values: { title: richText('Laid away') }, isArchived: true });
  const template = addPage(state, { ...row, values: { title: richText('Form letter') }, isTemplate: true });
  source.templates = [{ id: template.id, isDefault: false }];
  const own = { databaseId: source.databaseId, dataSourceId: source.id };
  const more = { board: 'group_by', calendar: 'date_property_id' } as { readonly [type: string]: string };
  for (const [index, type] of types.entries()) {
    const grouping = { type: 'status', property_id: 'status', group_by: 'option', sort: { type: 'manual' } };
    const settings = type === 'board' ? grouping : 'date';
    const configuration = more[type] === undefined ? { type } : { type, [more[type]]: settings };
    const filter = stillFilter(table);
    addView(state, { ...own, type, name: `View ${index}`, filter, sorts: someSorts(table), configuration });
  }
  const quickFilters = { number: { number: { equals: 2 } } };
  const shown = ['number', 'title'].map((property_id) => ({ property_id, visible: true }));
  addView(state, {
    ...own,
    ...{
      type: 'table',
      name: 'Sizes',
      quickFilters,
      sorts: [{ property: 'number', direction: 'descending' }],
    },
    configuration: { type: 'table', properties: shown },
    filter: { property: 'The checkbox', checkbox: { equals: true } },
  });
  addView(state, { ...own, type: 'form', name: 'Ask' });
  const simulator = await startSimulator({ state, clock: 'real' });
  try {
    const send = clientOf(simulator);
    writeFileSync(join(home, 'key'), encodeKeyFile(new Uint8Array(32).fill(9)));
    const run = async (...argv: string[]) => {
      const io = fakeIo({ HOME: home, NOTION_API_URL: simulator.url, NOTION_TOKEN: simulator.token }, home);
      expect([await main(['--keyfile', 'key', ...argv], io), io.err()]).toEqual([0, expect.anything()]);
      return io.out();
    };
    await run('backup');
    cat = (...argv) => run('cat', `latest:${source.databaseId}`, ...argv);
    for (const view of state.views.values()) {
      const { body } = await send('POST', `views/${view.id}/queries`, { page_size: 100 });
      wanted.set(
        view.name,
        arrayOf(body.results).map(({ id }) => compact(String(id))),
      );
    }
    page = parse(await cat('--as', 'html'));
  } finally {
    await simulator.close();
  }
}, 120_000);

afterAll(() => rmSync(home, { recursive: true, force: true }));

/** A filter without dates that count from now: the clock goes on. */
function stillFilter(table: Parameters<typeof someFilter>[0]): ReturnType<typeof someFilter> {
  const filter = someFilter(table);
  return /"(this|past|next)_/.test(JSON.stringify(filter)) ? stillFilter(table) : filter;
}

function compact(id: string): string {
  return id.replaceAll('-', '');
}

type Node = Tree.Node | Tree.Element;

function all(node: Node, fits: (element: Tree.Element) => boolean): Tree.Element[] {
  const children = 'childNodes' in node ? node.childNodes : [];
  const own = 'tagName' in node && fits(node) ? [node] : [];
  return [...own, ...children.flatMap((child) => all(child, fits))];
}

function attribute(element: Tree.Element, name: string): string {
  return element.attrs.find((each) => each.name === name)?.value ?? '';
}

function textOf(node: Node): string {
  if ('value' in node) return node.value;
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
}

test('each tab has the rows that Notion shows in its view, and no other', () => {
  const tabs = all(page, (element) => attribute(element, 'class') === 'view');
  expect(tabs.map((tab) => textOf(tab.childNodes[0] ?? tab))).toEqual([
    ...types.map((_, index) => `View ${index}`),
    'Sizes',
  ]);
  const sizes = new Set<number>();
  for (const [name, tab] of tabs.map((each) => [textOf(each.childNodes[0] ?? each), each] as const)) {
    // The rows' titles lead to them; so do relations, to pages of another table.
    const links = all(tab, ({ tagName }) => tagName === 'a').map((link) =>
      attribute(link, 'href').slice(-32),
    );
    const rows = new Set(links.filter((id) => wanted.get('Ask')?.includes(id)));
    expect([name, [...rows].sort()]).toEqual([name, (wanted.get(name) ?? []).sort()]);
    sizes.add(rows.size);
  }
  expect(sizes.size).toBeGreaterThan(3);
});

test('templates, archived rows and what is not shown of the views are told', () => {
  const words = textOf(page).replace(/\s+/g, ' ');
  expect(words.slice(-700)).toMatch(/Templates\s*Form letter\s*Archived.*Laid away/);
  expect(words).toContain('Views that are not shown: Ask (form).');
  expect(words).toContain('Its quick filters are not applied: The number.');
  expect(words).toContain(
    `Its filter shows ${wanted.get('Sizes')?.length} of ${wanted.get('Ask')?.length} rows.`,
  );
});

test('CSV with a view has its columns, its rows in its order, and a line for what could not be followed', async () => {
  const lines = (await cat('--as', 'csv', '--view', 'Sizes')).split('\r\n');
  expect(lines[0]).toBe('The number,The title,Notion id');
  const rows = lines.slice(1, -2);
  expect(rows.map((line) => compact(line.slice(-36))).sort()).toEqual((wanted.get('Sizes') ?? []).sort());
  const numbers = rows
    .map((line) => /^[^,]*/.exec(line)?.[0] ?? '')
    .map((text) => (text === '' ? -1e9 : Number(text)));
  expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
  expect(new Set(numbers).size).toBeGreaterThan(3);
  expect(lines.at(-2)).toBe('"[view ""Sizes"": Its quick filters are not applied: The number.]"');
});
