/** Words with which each command succeeds on the stage. */
import type { Stage } from './stage.ts';
import { otherSigner } from './stage.ts';

export interface Succeeding {
  readonly words: (stage: Stage) => readonly string[];
  /** Words with which it speaks with Notion, where those above do not. */
  readonly live?: (stage: Stage) => readonly string[];
  /** The configuration folder it runs with, below the home. */
  readonly config?: string;
  /** The bug of the table lies where the passphrase of the identity is read: what comes after it takes seconds. */
  readonly readsPassphrase?: true;
  /** The bug lies in its first line for people: its JSON comes at the end of long work. */
  readonly printsEarly?: true;
  /** Ends by itself only when it is interrupted. */
  readonly goesOn?: true;
}

const fixed = (...words: string[]): Succeeding => ({ words: () => words });

export const succeeding: { readonly [command: string]: Succeeding } = {
  init: {
    ...fixed('init', 'new-store', '--source', 'new', '--no-backup', '--no-schedule'),
    live: () => ['init', 'new-store', '--source', 'new', '--backup', '--no-schedule'],
  },
  create: fixed('create', 'new-store'),
  backup: fixed('backup', '@mine'),
  ls: fixed('ls', 'latest'),
  cat: fixed('cat', 'latest:/manifest.json'),
  info: fixed('info', 'latest'),
  digest: fixed('digest', 'latest'),
  ui: { ...fixed('ui', '--no-open'), goesOn: true },
  diff: { words: ({ snapshot }) => ['diff', snapshot, 'latest'], live: () => ['diff', 'latest'] },
  log: fixed('log', 'latest:/Home'),
  blame: fixed('blame', 'latest:/Home'),
  search: fixed('search', 'the'),
  locate: fixed('locate', 'Home'),
  du: fixed('du', 'latest'),
  status: fixed('status'),
  doctor: fixed('doctor', '@mine'),
  check: fixed('check', 'latest'),
  repair: fixed('repair', '--from', 'copy'),
  'repair index': fixed('repair', 'index'),
  'repair packs': fixed('repair', 'packs'),
  'repair config': fixed('repair', 'config', '--yes'),
  restore: {
    ...fixed('restore', 'latest', '--to', 'restored'),
    live: () => ['restore', 'latest', '--to', '@mine', '--verify', 'none'],
  },
  dump: fixed('dump', 'latest', '--to', 'dumped.tar'),
  rm: { words: ({ snapshot }) => ['rm', snapshot, '--apply'] },
  prune: fixed('prune', '--keep-last', '1', '--apply'),
  maintenance: fixed('maintenance', '--apply'),
  tag: fixed('tag', 'latest', 'good'),
  pin: fixed('pin', 'latest'),
  unpin: fixed('unpin', 'latest'),
  acknowledge: { words: ({ alarmed }) => ['acknowledge', alarmed] },
  unlock: fixed('unlock'),
  'sync to': fixed('sync', 'to', 'copy'),
  'sync from': fixed('sync', 'from', 'copy'),
  'sync with': fixed('sync', 'with', 'copy'),
  export: fixed('export', 'new.kloset'),
  run: fixed('run', '@mine'),
  'schedule install': fixed('schedule', 'install', '@mine'),
  'schedule show': fixed('schedule', 'show'),
  'schedule remove': fixed('schedule', 'remove'),
  drill: {
    ...fixed('drill', 'latest'),
    live: () => ['drill', 'latest', '--to', '@mine', '--objects', '1'],
  },
  history: fixed('history'),
  ...settings('source', 'mine', ['location=notion://', 'token_env=T'], 'policy'),
  'source ping': fixed('source', 'ping', 'mine'),
  ...settings('destination', 'mine', ['location=notion://', 'token_env=T'], 'rootID'),
  'destination ping': fixed('destination', 'ping', 'mine'),
  ...settings('store', 'disk', ['location=elsewhere'], 'keyfile'),
  'store ping': fixed('store', 'ping', 'disk'),
  ...settings('policy', 'nightly', ['daily=3'], 'daily'),
  ...settings('notify', 'ops', ['type=command', 'command=cat'], 'on'),
  'notify test': fixed('notify', 'test', 'ops'),
  'key list': fixed('key', 'list'),
  'key add': fixed('key', 'add', '--key-file', 'new.key'),
  'key remove': { words: ({ slot }) => ['key', 'remove', slot] },
  'key passwd': { words: ({ slot }) => ['key', 'passwd', slot] },
  'key rotate-master': fixed('key', 'rotate-master', '--yes'),
  'identity show': fixed('identity', 'show'),
  'identity list': fixed('identity', 'list'),
  'identity trust': fixed('identity', 'trust', otherSigner.replace('8', '7')),
  'identity rotate': fixed('identity', 'rotate'),
  'identity revoke': fixed('identity', 'revoke', otherSigner),
  'identity adopt': { ...fixed('identity', 'adopt'), config: 'stranger' },
  'identity export': { ...fixed('identity', 'export', 'key.sealed'), readsPassphrase: true },
  'identity import': {
    ...fixed('identity', 'import', 'identity.sealed'),
    config: 'stranger',
    readsPassphrase: true,
  },
  'identity encrypt': { ...fixed('identity', 'encrypt'), readsPassphrase: true },
  'identity decrypt': { ...fixed('identity', 'decrypt'), config: 'sealed', readsPassphrase: true },
  demo: { ...fixed('demo'), printsEarly: true },
  simulator: { ...fixed('simulator', '--small'), goesOn: true },
  completion: fixed('completion', 'bash'),
  manual: fixed('manual', 'ls'),
  schema: fixed('schema', 'ls'),
  help: fixed('help', 'ls'),
  version: fixed('version'),
};

function settings(kind: string, name: string, add: readonly string[], option: string) {
  return {
    [`${kind} add`]: fixed(kind, 'add', 'another', ...add),
    [`${kind} set`]: fixed(kind, 'set', name, add.at(-1) ?? ''),
    [`${kind} unset`]: fixed(kind, 'unset', name, option),
    [`${kind} show`]: fixed(kind, 'show', name),
    [`${kind} list`]: fixed(kind, 'list'),
    [`${kind} rm`]: fixed(kind, 'rm', name),
  };
}
