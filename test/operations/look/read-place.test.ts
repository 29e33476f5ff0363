import { expect, test } from 'vitest';
import { readPlace } from '../../../src/operations/look/read-place.ts';
import type { ScratchSnapshot } from '../../../src/operations/verify/scratch-snapshot.ts';
import { withScratchSnapshot } from '../../../src/operations/verify/scratch-snapshot.ts';
import { writeSmall } from '../small-snapshot.ts';

async function printed(
  snapshot: ScratchSnapshot,
  path: string,
  ...[form, view]: [Parameters<typeof readPlace>[1], string?]
): Promise<string> {
  const entry = await snapshot.entry(path);
  if (entry === undefined) throw new Error(`${path} is not there`);
  let text = '';
  const place = { snapshot: snapshot as never, entry, loss: undefined, accepted: [] };
  for await (const part of readPlace(place, form, view === undefined ? {} : { view })) text += String(part);
  return text;
}

const tasks = '/Home~11111111/Tasks~33333333';

test('a page is printed as text, and a database as its rows', async () => {
  await withScratchSnapshot(async (scratch) => {
    await writeSmall(scratch);
    expect(await printed(scratch, '/Home~11111111', 'text')).toMatch(
      /^Home\n\nNotes \(https:\/\/www\.notion\.so\//,
    );
    expect(await printed(scratch, tasks, 'text')).toContain('- =Row\n');
    const lines = (await printed(scratch, tasks, 'csv')).split('\r\n');
    expect(lines[0]).toBe('Name,Notion id');
    expect(lines[1]).toMatch(/^'=Row,/);
  });
});

test('CSV of a page and of a view that is not there is refused', async () => {
  await withScratchSnapshot(async (scratch) => {
    await writeSmall(scratch);
    await expect(printed(scratch, '/Home~11111111', 'csv')).rejects.toMatchObject({ code: 'usage' });
    await expect(printed(scratch, tasks, 'csv', 'Board')).rejects.toMatchObject({ code: 'usage' });
  });
});
