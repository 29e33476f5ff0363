import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readRuns, recordRun } from '../../../src/operations/nightly/run-history.ts';

function historyFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kloset-history-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'runs.jsonl');
}

const run = { time: '2026-01-02T03:04:05.678Z', store: '/s', exitCode: 0, durationMs: 5, facts: {} };

test('a line that a crash cut costs no other, and what is no run is not told as one', () => {
  const file = historyFile();
  recordRun(file, { ...run, command: 'backup' });
  appendFileSync(file, '{}\n[]\nnull\n7\n{"time":"never","command":"x","exit_code":0,"duration_ms":1}\n');
  appendFileSync(
    file,
    '{"time":"2026-01-02T03:04:05.678Z","command":"check","exit_code":"0","duration_ms":1}\n',
  );
  appendFileSync(file, '{"time":"2026-01-0');
  recordRun(file, { ...run, command: 'prune' });
  recordRun(file, { ...run, command: 'sync' });
  expect(readRuns(file, 10).map(({ command }) => command)).toEqual(['backup', 'prune', 'sync']);
});
