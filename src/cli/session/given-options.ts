/** From the words of `source add` and the like to options that mean the same later: paths made absolute, secrets asked for. */
import { targetUrl } from '../../operations/notify/send.ts';
import type { App } from '../app/app.ts';
import { expandPath } from '../app/folders.ts';
import { checkConnectorValues } from './connector-values.ts';
import { nightPolicyOf } from './night-policy.ts';
import { checkNotifierValues } from './notifier-options.ts';
import type { NewEntry } from './secrets/keychain-entries.ts';
import { newEntryName } from './secrets/keychain-entries.ts';
import { secretFromInput } from './secrets/secret-sources.ts';
import type { Connector, ConnectorKind } from './settings/connector-options.ts';
import {
  keychainOption,
  parseOptions,
  pathOptions,
  secretsForKeychain,
  secretsGivenOpenly,
  secretsToAskFor,
} from './settings/connector-options.ts';
import { storePath } from './store-path.ts';

export interface GivenOptions {
  readonly options: Connector;
  /** Options whose secret stood on the command line, where others on this machine can read it. */
  readonly openSecrets: readonly string[];
  /** Secrets that the keychain is to keep under the names that `options` give. */
  readonly entries: readonly NewEntry[];
}

/** The options that `words` give for the connector `name`. @throws KlosetError `usage`, `credentials` */
export async function givenOptions(
  app: App,
  kind: ConnectorKind,
  connector: string,
  words: readonly string[],
): Promise<GivenOptions> {
  const options = { ...parseOptions(kind, words) };
  if (kind === 'notify') checkNotifierValues(options);
  else if (kind !== 'policy') checkConnectorValues(kind, options);
  const openSecrets = secretsGivenOpenly(options);
  for (const name of secretsToAskFor(options)) options[name] = await secretFromInput(app, name);
  if (kind === 'notify' && options.url !== undefined) targetUrl(options.url, connector);
  const entries: NewEntry[] = [];
  for (const name of secretsForKeychain(options)) {
    const entry = { name: newEntryName(kind, connector, name), secret: await secretFromInput(app, name) };
    options[keychainOption(name)] = entry.name;
    entries.push(entry);
  }
  for (const name of pathOptions) {
    const path = options[name];
    if (path !== undefined) options[name] = expandPath(app.io, path);
  }
  // With the paths as they are kept: a file that a rule names is read.
  if (kind === 'policy') nightPolicyOf(options);
  if (kind === 'store' && options.location !== undefined)
    options.location = storePath(app.io, options.location);
  return { options, openSecrets, entries };
}

/** Says which other ways there are to give a secret. */
export function warnOfOpenSecrets(app: App, { openSecrets }: GivenOptions): void {
  for (const name of openSecrets) {
    app.warn(
      `warning: ${name}=… stood on the command line, where other users of this machine and the shell's history can read it. Use ${name}=- (asks, or reads standard input), ${name}_file=PATH, ${name}_command=COMMAND, ${name}_env=NAME or ${name}_keychain=-.`,
    );
  }
}
