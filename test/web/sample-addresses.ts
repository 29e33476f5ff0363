/** Addresses of the sample workspace in the web view. */
import type { Page, World } from '../cli/world.ts';
import { textOf } from '../cli/world.ts';

/** @param earlier the snapshot before */
export function addressesIn(world: World, snapshot: string, earlier: string) {
  const root = (id: string) => `/s/${id.slice(0, 16)}/`;
  const record = (title: string): Page => {
    const found = [...world.state.pages.values()].find((page) =>
      Object.values(page.values).some((value) => textOf(value) === title),
    );
    if (found === undefined) throw new Error(`no page ${title}`);
    return found;
  };
  const within = (id: string, title: string) => `${root(id)}o/${record(title).id.replaceAll('-', '')}/`;
  const database = [...world.state.databases.values()].find(({ title }) => textOf(title) === 'Tasks');
  const tasks = `${root(snapshot)}o/${database?.id.replaceAll('-', '')}/`;
  const page = (title: string) => within(snapshot, title);
  return {
    snapshot: root(snapshot),
    tasks,
    record,
    page,
    old: (title: string) => within(earlier, title),
    /** The main views, by name. */
    views: {
      home: '/',
      snapshot: root(snapshot),
      page: page('Blocks of words'),
      'rich text': page('Rich text'),
      layouts: page('Layouts'),
      comments: page('Discussions'),
      row: page('Repair the bicycle'),
      changes: `${page('Blocks of words')}?changes=1`,
      beside: `${page('Blocks of words')}?with=${earlier.slice(0, 16)}&beside=1`,
      history: `${page('Blocks of words')}history`,
      table: tasks,
      board: `${tasks}?v=2`,
      list: `${tasks}?v=3`,
      calendar: `${tasks}?v=4`,
      timeline: `${tasks}?v=5`,
      gallery: `${tasks}?v=6`,
      chart: `${tasks}?v=9`,
      'snapshot changes': `${root(snapshot)}changes`,
      search: `/search?q=bicycle&s=${snapshot.slice(0, 16)}`,
      health: '/health',
      take: `${page('Layouts')}take`,
      plan: `${page('Layouts')}plan?of=copy&page=${record('Layouts').id}`,
      missing: `${root(snapshot)}o/${'0'.repeat(32)}/`,
    },
  };
}
