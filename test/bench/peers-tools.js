/**
 * The tools that are compared, each with the command of each step. Ours opens its store with a key file; restic and borg
 * derive a key from a passphrase each time, which is part of what they cost. Ours has its store at `address`, where a place has one,
 * and else in the place's home.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { joinedModule } from './joined.js';

const ownSteps = await joinedModule('peers-run.js');

export const ours = {
  name: 'notion-kloset',
  program: process.execPath,
  create: ({ home, address }) => must(runOurs('create', { folder: home, address })),
  backup: ({ home, address, tree }) => runOurs('backup', { folder: home, address, from: tree }),
  again: ({ home, address, tree }) => runOurs('backup', { folder: home, address, from: tree }),
  list: ({ home, address }) => runOurs('list', { folder: home, address }),
  check: ({ home, address }) => runOurs('check', { folder: home, address }),
  restore: ({ home, address, restored }) => runOurs('restore', { folder: home, address, to: restored }),
};

export const restic = {
  name: 'restic',
  program: 'restic',
  create: ({ home, store }) => must(runRestic(home, store, ['init'])),
  backup: ({ home, store }) => runRestic(home, store, ['backup', '.']),
  again: ({ home, store }) => runRestic(home, store, ['backup', '--force', '.']),
  list: ({ home, store }) => runRestic(home, store, ['ls', 'latest']),
  check: ({ home, store }) => runRestic(home, store, ['check', '--read-data']),
  restore: ({ home, store, restored }) => runRestic(home, store, ['restore', 'latest', '--target', restored]),
};

export const borg = {
  name: 'borg',
  program: 'borg',
  create: ({ home, store }) => must(runBorg(home, ['init', '--encryption', 'repokey-blake2', store])),
  backup: ({ home, store }) => runBorg(home, ['create', `${store}::first`, '.']),
  again: ({ home, store }) => runBorg(home, ['create', '--files-cache', 'disabled', `${store}::second`, '.']),
  list: ({ home, store }) => runBorg(home, ['list', `${store}::first`]),
  check: ({ home, store }) => runBorg(home, ['check', '--verify-data', store]),
  // borg extracts into the working folder.
  restore: ({ home, store, restored }) => {
    const { command, env } = runBorg(home, ['extract', `${store}::first`]);
    return { command: ['sh', '-c', 'mkdir -p "$0" && cd "$0" && exec "$@"', restored, ...command], env };
  },
};

function runOurs(step, input) {
  return { command: [process.execPath, ownSteps, step, JSON.stringify(input)], env: {} };
}

function runRestic(home, store, words) {
  const command = ['restic', '--quiet', '--repo', store, '--cache-dir', join(home, 'cache'), ...words];
  return { command, env: { RESTIC_PASSWORD: 'bench' } };
}

function runBorg(home, words) {
  return {
    command: ['borg', ...words],
    env: { BORG_PASSPHRASE: 'bench', BORG_BASE_DIR: home, BORG_DISPLAY_PASSPHRASE: 'no' },
  };
}

function must({ command: [program, ...words], env }) {
  const { status, stderr } = spawnSync(program, words, { env: { ...process.env, ...env }, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${words.join(' ')} ended with ${status}: ${stderr}`);
}
