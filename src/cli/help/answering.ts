/** The commands that are run for what they print: with `--quiet` they print it all the same. */
import type { Command } from 'commander';
import { pathOf } from './find-command.ts';

const answering = new Set([
  ...[
    'ls',
    'cat',
    'info',
    'digest',
    'diff',
    'log',
    'blame',
    'search',
    'locate',
    'du',
    'status',
    'doctor',
    'history',
  ],
  ...[
    'key list',
    'identity show',
    'identity list',
    'schedule show',
    'completion',
    'manual',
    'schema',
    'help',
    'version',
  ],
  ...['state', 'packfile', 'object', 'snapshot', 'vfs', 'locks'].map((what) => `diag ${what}`),
  ...['source', 'destination', 'store', 'policy', 'notify'].flatMap((kind) => [
    `${kind} list`,
    `${kind} show`,
  ]),
  ...['source', 'destination', 'store'].map((kind) => `${kind} ping`),
  // Without the address and the token that they print nobody can use them.
  ...['simulator', 'ui'],
]);

/** True for a command that answers a question, tells what it would do, or prints what is given this once. */
export function isAnswering(command: Command): boolean {
  const { print, recoveryKit } = command.opts<{ print?: boolean; recoveryKit?: boolean }>();
  const isKit = pathOf(command) === 'key add' && recoveryKit === true;
  return answering.has(pathOf(command)) || isPlan(command) || print === true || isKit;
}

/** True with `--dry-run`, and without `--apply` where a command does its work with it alone. */
export function isPlan(command: Command): boolean {
  const { dryRun, apply } = command.opts<{ dryRun?: boolean; apply?: boolean }>();
  const isApplied = apply === true || command.parent?.getOptionValue('apply') === true;
  return dryRun === true || (command.options.some(({ long }) => long === '--apply') && !isApplied);
}
