/** `history`: the runs of this machine. */
import type { Command } from 'commander';
import type { JsonObject } from '../../../document/json.ts';
import { stringAt } from '../../../document/json.ts';
import { readRuns } from '../../../operations/nightly/run-history.ts';
import type { App } from '../../app/app.ts';
import { historyFile } from '../../app/folders.ts';
import { teach } from '../../help/teach.ts';
import { formatBytes, formatDuration, formatTime } from '../../text/format.ts';
import { parseCount } from '../../text/parse.ts';

/** Adds the command. */
export function registerHistory(program: Command, app: App): void {
  const command = program
    .command('history')
    .description('list what was run on this machine, how long it took and how it ended')
    .option('--last <n>', 'list so many runs', '20')
    .action(({ last }: { readonly last: string }) => {
      const runs = readRuns(historyFile(app.io), parseCount(last, '--last', 1));
      app.result(
        { runs },
        runs.length === 0 ? ['No run is recorded on this machine yet.'] : runs.map(runLine),
      );
    });
  teach(command, { examples: ['history', 'history --last 365 --json'], errors: [] });
}

function runLine(run: JsonObject): string {
  const { duration_ms: durationMs, exit_code: exitCode, requests, bytes_added: bytesAdded } = run;
  const error = stringAt(run, 'error');
  return [
    formatTime(stringAt(run, 'time') ?? ''),
    (stringAt(run, 'command') ?? '?').padEnd(12),
    `exit ${String(exitCode).padStart(2)}`,
    formatDuration(Number(durationMs)).padStart(9),
    ...(typeof requests === 'number' ? [`${requests.toLocaleString('en')} requests`] : []),
    ...(typeof bytesAdded === 'number' ? [`+${formatBytes(bytesAdded)}`] : []),
    ...(error === undefined ? [] : [error]),
  ].join(' ');
}
