/** From the words of `source add` and the like to options that mean the same later: paths made absolute, secrets asked for. */
import type { App } from '../app/app.ts';
import { expandPath } from '../app/folders.ts';
import type { Connector, ConnectorKind } from './connector-options.ts';
import { parseOptions, secretsGivenOpenly, secretsToAskFor } from './connector-options.ts';
import { nightPolicyOf } from './night-policy.ts';
import { notifierTypeOf, statesOf } from './notifier-options.ts';
import { secretFromInput } from './secret-sources.ts';
import { storePath } from './store-path.ts';

const paths = [
  'token_file',
  'passphrase_file',
  'secret_access_key_file',
  'url_file',
  'keyfile',
  'metrics',
  'exclude_file',
];

export interface GivenOptions {
  readonly options: Connector;
  /** Options whose secret stood on the command line, where others on this machine can read it. */
  readonly openSecrets: readonly string[];
}

/** The options that `words` give. @throws KlosetError `usage`, `credentials` */
export async function givenOptions(
  app: App,
  kind: ConnectorKind,
  words: readonly string[],
): Promise<GivenOptions> {
  const options = { ...parseOptions(kind, words) };
  if (kind === 'notify' && options.type !== undefined) notifierTypeOf(options);
  if (options.on !== undefined) statesOf(options.on);
  const openSecrets = secretsGivenOpenly(options);
  for (const name of secretsToAskFor(options)) options[name] = await secretFromInput(app, name);
  for (const name of paths) {
    const path = options[name];
    if (path !== undefined) options[name] = expandPath(app.io, path);
  }
  // With the paths as they are kept: a file that a rule names is read.
  if (kind === 'policy') nightPolicyOf(options);
  if (kind === 'store' && options.location !== undefined)
    options.location = storePath(app.io, options.location);
  return { options, openSecrets };
}

/** Says which other ways there are to give a secret. */
export function warnOfOpenSecrets(app: App, { openSecrets }: GivenOptions): void {
  for (const name of openSecrets) {
    app.warn(
      `warning: ${name}=… stood on the command line, where other users of this machine and the shell's history can read it. Use ${name}=- (asks, or reads standard input), ${name}_file=PATH, ${name}_command=COMMAND or ${name}_env=NAME.`,
    );
  }
}
