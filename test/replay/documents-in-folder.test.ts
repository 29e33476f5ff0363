import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { documentsIn } from './documents-in-folder.ts';

test('documents are found at every depth, media and other JSON are not', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kloset-documents-'));
  try {
    mkdirSync(join(folder, 'Home~1', 'files'), { recursive: true });
    writeFileSync(join(folder, 'workspace.json'), '{"kind":"workspace"}');
    writeFileSync(join(folder, 'manifest.json'), '{}');
    writeFileSync(join(folder, 'Home~1', 'page.json'), '{"kind":"page"}');
    writeFileSync(join(folder, 'Home~1', 'files', 'data.json'), 'no document');
    expect(documentsIn(folder)).toEqual(expect.arrayContaining([{ kind: 'workspace' }, { kind: 'page' }]));
    expect(documentsIn(folder)).toHaveLength(2);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
