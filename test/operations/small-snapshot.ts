/** A snapshot of a few pages for tests of what reads snapshots. */
import type { JsonObject } from '../../src/document/json.ts';
import type { ScratchSnapshot } from '../../src/operations/verify/scratch-snapshot.ts';

export const homeId = '11111111111141118111111111111111';
export const notesId = '22222222222242228222222222222222';
export const tasksId = '33333333333343338333333333333333';
export const rowId = '44444444444444448444444444444444';
export const modified = '2026-01-02T03:04:05.000Z';

export function title(words: string): JsonObject {
  return { Name: { id: 'title', type: 'title', title: [run(words)] } };
}

export function run(words: string): JsonObject {
  return { type: 'text', text: { content: words, link: null }, annotations: {}, plain_text: words };
}

/** Home with a picture, a page Notes below it and a database Tasks with one row; a second page called Notes at the top. */
export async function writeSmall(scratch: ScratchSnapshot): Promise<void> {
  const file = async (name: string, value: string | Uint8Array): Promise<void> => {
    const content = await scratch.writeDocument(
      typeof value === 'string' ? new TextEncoder().encode(value) : value,
    );
    scratch.step({ type: 'file', name, modified, content });
  };
  const json = (name: string, value: JsonObject) => file(name, JSON.stringify(value));
  const page = (words: string, id: string, blocks: JsonObject[] = []): JsonObject => ({
    kind: 'page',
    format: 1,
    page: { object: 'page', id, properties: title(words) },
    blocks,
    comments: [],
  });
  const enter = (name: string, id: string, kind: 'page' | 'database' = 'page'): void =>
    scratch.step({ type: 'enter', name, modified, object: { id, kind, edited: modified } });
  enter('Home~11111111', homeId);
  await json(
    'page.json',
    page('Home', homeId, [
      { id: notesId, type: 'child_page', child_page: { title: 'Notes' } },
      {
        id: 'b',
        type: 'image',
        image: {
          type: 'file',
          file: { url: 'https://x/a.png', path: 'files/a b.png', size: 3, sha256: 'aa' },
        },
      },
    ]),
  );
  enter('Notes~22222222', notesId);
  await json('page.json', page('Notes', notesId));
  scratch.step({ type: 'leave' });
  enter('Tasks~33333333', tasksId, 'database');
  enter('Row~44444444', rowId);
  await json('page.json', page('=Row', rowId));
  scratch.step({ type: 'leave' });
  const schema = { Name: { id: 'title', name: 'Name', type: 'title', title: {} } };
  await json('database.json', {
    kind: 'database',
    format: 1,
    database: { id: tasksId, title: [run('Tasks')] },
    data_sources: [{ id: 'd', properties: schema }],
    views: [],
  });
  scratch.step({ type: 'leave' });
  scratch.step({ type: 'enter', name: 'files', modified });
  await file('a b.png', Uint8Array.of(1, 2, 3));
  scratch.step({ type: 'leave' });
  scratch.step({ type: 'leave' });
  enter('Notes~55555555', '5'.repeat(32));
  await json('page.json', page('Notes', '5'.repeat(32)));
  scratch.step({ type: 'leave' });
  await json('manifest.json', { counts: { pages: 3 } });
}
