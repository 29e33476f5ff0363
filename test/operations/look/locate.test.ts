import { expect, test } from 'vitest';
import { locate } from '../../../src/operations/look/locate.ts';
import { withScratchSnapshot } from '../../../src/operations/verify/scratch-snapshot.ts';
import { notesId, writeSmall } from '../small-snapshot.ts';

test('a place is found by path, by titles, by id in each spelling and by URL', async () => {
  await withScratchSnapshot(async (scratch) => {
    await writeSmall(scratch);
    const notes = '/Home~11111111/Notes~22222222';
    const dashed = `${notesId.slice(0, 8)}-${notesId.slice(8, 12)}-${notesId.slice(12, 16)}-${notesId.slice(16, 20)}-${notesId.slice(20)}`;
    for (const text of [
      notes,
      `${notes}/`,
      '/Home/Notes',
      'Home/Notes',
      notesId,
      dashed,
      `https://www.notion.so/Notes-${notesId}?pvs=4`,
    ]) {
      expect((await locate(scratch, text)).path, text).toBe(notes);
    }
    expect((await locate(scratch, 'Home')).path).toBe('/Home~11111111');
    expect((await locate(scratch, 'Row')).path).toBe('/Home~11111111/Tasks~33333333/Row~44444444');
    expect((await locate(scratch, '/Home/Notes/page.json')).type).toBe('file');
    expect((await locate(scratch, '')).path).toBe('/');
  });
});

test('what is not there and what is there twice are told apart', async () => {
  await withScratchSnapshot(async (scratch) => {
    await writeSmall(scratch);
    await expect(locate(scratch, '/Nowhere')).rejects.toMatchObject({ code: 'not-found' });
    await expect(locate(scratch, '9'.repeat(32))).rejects.toMatchObject({ code: 'not-found' });
    await expect(locate(scratch, '/../../etc/passwd')).rejects.toMatchObject({ code: 'not-found' });
    expect((await locate(scratch, 'Notes')).path).toBe('/Notes~55555555');
  });
});
