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
  ...['source', 'destination', 'store', 'policy'].flatMap((kind) => [`${kind} list`, `${kind} show`]),
]);

/** True for a command that answers a question. */
export function isAnswering(command: Command): boolean {
  return answering.has(pathOf(command));
}
