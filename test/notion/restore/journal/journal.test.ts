/** Journals of restores: which of them are opened again. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDatabase } from '../../../../src/database.ts';
import { openJournal, reopenJournal } from '../../../../src/notion/restore/journal/journal.ts';

function withJournal(work: (path: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'journal-'));
  try {
    const path = join(folder, 'journal.sqlite');
    openJournal(path, { snapshot: 's' }).close();
    work(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

it('reopens the journal of a restore that was begun', () => {
  withJournal((path) => {
    const journal = reopenJournal(path);
    expect(journal.meta('identity')).toBe('{"snapshot":"s"}');
    journal.close();
  });
});

it('refuses a journal of another version, opened or reopened', () => {
  withJournal((path) => {
    const database = openDatabase(path);
    database.prepare("UPDATE meta SET value = '1' WHERE key = 'format'").run();
    database.close();
    const incompatible = expect.objectContaining({ code: 'incompatible' });
    expect(() => reopenJournal(path)).toThrow(incompatible);
    expect(() => openJournal(path, { snapshot: 's' })).toThrow(incompatible);
  });
});
