/** Notes a finished command in the history of this machine. */
import type { Command } from 'commander';
import { messageOf } from '../../../errors.ts';
import { recordRun } from '../../../operations/nightly/run-history.ts';
import type { App } from '../../app/app.ts';
import { historyFile } from '../../app/folders.ts';
import { isPlan } from '../../help/answering.ts';
import { pathOf } from '../../help/find-command.ts';
import { withoutLongWords } from '../../text/format.ts';
import { storeWord } from '../store-path.ts';

/** Commands that do work on a store; those that only show something are not noted. */
const recorded = new Set([
  ...['backup', 'run', 'check', 'drill', 'prune', 'rm', 'maintenance', 'restore', 'export'],
  ...['sync to', 'sync from', 'sync with'],
]);

export interface FinishedRun {
  readonly startedMs: number;
  readonly exitCode: number;
  readonly error?: unknown;
}

/**
 * Nothing is noted of wrong usage, nor of a command that only told what it would do: that writes nothing anywhere. A history
 * that cannot be written keeps no command from its work.
 */
export function noteRun(app: App, command: Command, { startedMs, exitCode, error }: FinishedRun): void {
  const { io, store } = app;
  const path = pathOf(command);
  if (!recorded.has(path) || exitCode === wrongUsage || isPlan(command)) return;
  try {
    recordRun(historyFile(io), {
      time: new Date(startedMs).toISOString(),
      command: path,
      store: storeWord(io, store),
      exitCode,
      durationMs: Math.max(0, Math.round(io.clock.now() - startedMs)),
      ...(error === undefined ? {} : { error: withoutLongWords(messageOf(error).split('\n')[0] ?? '') }),
      facts: app.facts,
    });
  } catch {
    // A home that cannot be written.
  }
}

const wrongUsage = 64;
