/** The shape of what each command prints with `--json`. */
import type { JsonObject } from '../../document/json.ts';
import { jsonVersion } from '../app/version.ts';
import { findings } from './common.ts';
import * as configure from './configure.ts';
import * as history from './history.ts';
import * as look from './look.ts';
import * as nightly from './nightly.ts';
import type { SchemaOptions, Shape } from './nodes.ts';
import { jsonSchema } from './nodes.ts';
import * as restore from './restore.ts';
import * as verify from './verify.ts';
import * as work from './work.ts';

/** Of each command by its words, and of what every command may print: `error` with `--json`, `progress` with `--progress json`. */
export const outputs: { readonly [name: string]: Shape } = {
  init: work.init,
  create: work.create,
  backup: work.backup,
  ls: look.ls,
  cat: look.cat,
  info: look.info,
  digest: look.digestOutput,
  ui: look.ui,
  diff: history.diff,
  log: history.log,
  blame: history.blame,
  search: history.search,
  locate: look.locate,
  du: look.du,
  status: verify.status,
  doctor: findings,
  check: verify.checkOutput,
  repair: verify.repair,
  'repair index': verify.repairIndex,
  'repair packs': verify.repairPacks,
  'repair config': verify.repairConfig,
  restore: restore.restore,
  dump: restore.dump,
  rm: work.rm,
  prune: work.prune,
  maintenance: work.maintenance,
  tag: work.mark,
  pin: work.mark,
  unpin: work.mark,
  acknowledge: work.mark,
  unlock: work.unlock,
  'sync to': work.sync,
  'sync from': work.sync,
  'sync with': work.sync,
  export: work.sync,
  run: nightly.run,
  'schedule install': nightly.scheduleInstall,
  'schedule show': nightly.scheduleShow,
  'schedule remove': nightly.scheduleRemove,
  drill: nightly.drill,
  history: nightly.history,
  ...configure.settings('source', 'sources'),
  'source ping': findings,
  ...configure.settings('destination', 'destinations'),
  'destination ping': findings,
  ...configure.settings('store', 'stores'),
  'store ping': findings,
  ...configure.settings('policy', 'policies'),
  ...configure.settings('notify', 'notifications'),
  'notify test': nightly.notifyTest,
  'key list': configure.keyList,
  'key add': configure.keyAdd,
  'key remove': configure.keyRemove,
  'key passwd': configure.keyPasswd,
  'key rotate-master': configure.keyRotateMaster,
  'identity show': configure.ownKey,
  'identity list': configure.identityList,
  'identity trust': configure.identityTrust,
  'identity rotate': configure.ownKey,
  'identity revoke': configure.identityRevoke,
  'identity adopt': configure.identityAdopt,
  'identity export': configure.identityExport,
  'identity import': configure.ownKey,
  'identity encrypt': configure.identityEncrypt,
  'identity decrypt': configure.identityEncrypt,
  demo: nightly.demo,
  simulator: configure.simulator,
  completion: configure.completion,
  manual: configure.manual,
  schema: configure.schema,
  help: configure.help,
  version: configure.version,
  error: nightly.error,
  progress: nightly.progress,
};

/** The JSON Schema of an output, as docs/schema has it; undefined for an unknown name. */
export function schemaOf(name: string, options: SchemaOptions = {}): JsonObject | undefined {
  const shape = outputs[name];
  if (shape === undefined) return undefined;
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `notion-kloset:v${jsonVersion}/${fileNameOf(name)}`,
    title: titleOf(name),
    ...jsonSchema(shape, options),
  };
}

/** `key-list.schema.json` for `key list`. */
export function fileNameOf(name: string): string {
  return `${name.replaceAll(' ', '-')}.schema.json`;
}

function titleOf(name: string): string {
  if (name === 'error') return 'The output of a command that failed, with --json';
  if (name === 'progress') return 'One line of stderr with --progress json';
  return `notion-kloset ${name} --json`;
}
