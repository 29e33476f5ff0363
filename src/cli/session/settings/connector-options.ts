/** The options of named sources, destinations, stores and policies: their names, and what people write for them. */
import { KlosetError } from '../../../errors.ts';
import { waysToGive } from './ways-to-give.ts';

export type ConnectorKind = 'source' | 'destination' | 'store' | 'policy' | 'notify';

/** Options by name, all text: `{location: "notion://", token: "ntn_…", rootID: "…"}`. */
export type Connector = { [option: string]: string };

const rates = ['limit_upload', 'limit_download'] as const;

const optionsOf: { readonly [kind in ConnectorKind]: readonly string[] } = {
  source: ['location', ...waysToGive('token'), 'rootID', 'api_url', 'policy', ...rates],
  destination: ['location', ...waysToGive('token'), 'rootID', 'api_url', ...rates],
  store: [
    ...['location', ...waysToGive('passphrase'), 'keyfile', 'append_only'],
    ...['region', 'profile', 'access_key_id', ...waysToGive('secret_access_key'), 'ssh_command'],
    ...rates,
  ],
  policy: [
    ...['last', 'minutely', 'hourly', 'daily', 'weekly', 'monthly', 'yearly', 'within', 'tags'],
    ...['include', 'exclude', 'exclude_file', 'requests_per_hour', 'quiet_hours'],
    ...['tag', 'name', 'job', 'environment', 'perimeter', 'category'],
    ...['comments', 'comment_share', 'reread_within', 'alarm_loss'],
    ...['check', 'maintenance', 'copies', 'drill', 'drill_to', 'drill_objects'],
    ...['notify', 'metrics', 'before', 'after', 'on_failure', 'on_alarm'],
  ],
  notify: [
    ...['type', ...waysToGive('url'), 'command', 'on'],
    ...['server', 'from', 'to', 'user', ...waysToGive('password'), 'tls', 'ca_file'],
  ],
};

/** Options that hold a secret itself. */
const plainSecrets = ['token', 'passphrase', 'secret_access_key', 'url', 'password'];

/** Options whose value is never printed. */
const secrets = new Set(plainSecrets.flatMap((name) => [name, `${name}_command`]));

/** Ways to give the secret of a store: a key file is one, too. */
const waysOf = (name: string) =>
  name === 'passphrase' ? [...waysToGive(name), 'keyfile'] : waysToGive(name);

/** The words to give on the command line without their being a secret: `token=-` asks for it. */
export const askedFor = '-';

/** Options that hold a path. */
export const pathOptions = [
  ...plainSecrets.map((name) => `${name}_file`),
  'keyfile',
  'metrics',
  'ca_file',
  'exclude_file',
];

/** Options among `options` whose secret stood on the command line, where others on this machine can see it. */
export function secretsGivenOpenly(options: Connector): string[] {
  return plainSecrets.filter((name) => options[name] !== undefined && options[name] !== askedFor);
}

/** Options among `options` whose secret is still to be asked for, to be kept in the settings. */
export function secretsToAskFor(options: Connector): string[] {
  return plainSecrets.filter((name) => options[name] === askedFor);
}

/** Secrets of `options` that are still to be asked for, to be kept in the keychain. */
export function secretsForKeychain(options: Connector): string[] {
  return plainSecrets.filter((name) => options[keychainOption(name)] === askedFor);
}

/** The option that names the entry of the keychain with the secret `name`. */
export function keychainOption(name: string): string {
  return `${name}_keychain`;
}

/** `option=value` words as a connector; a first bare word is the location, as Plakar takes it. */
export function parseOptions(kind: ConnectorKind, words: readonly string[]): Connector {
  const options: Connector = {};
  for (const [index, word] of words.entries()) {
    const at = word.indexOf('=');
    if (index === 0 && hasLocation(kind) && (at === -1 || /^[a-z0-9]+:\/\//i.test(word))) {
      options.location = word;
      continue;
    }
    if (at <= 0) throw new KlosetError('usage', `Expected option=value, not "${word}".`);
    const name = optionName(kind, word.slice(0, at));
    const value = word.slice(at + 1);
    // Between commas there may be nothing, and a list of nothing would be no list.
    if (value === '' || (!plainSecrets.includes(name) && /^[\s,]*$/.test(value)))
      throw new KlosetError('usage', `${name} is empty.`, {
        hint: 'Check that the environment variable you used is set.',
      });
    options[name] = value;
  }
  checkLocation(kind, options.location);
  for (const ways of plainSecrets.map(waysOf)) {
    const given = ways.filter((name) => options[name] !== undefined);
    if (given.length > 1) throw new KlosetError('usage', `Give only one of ${given.join(' and ')}.`);
  }
  return options;
}

/** The option's own spelling (`rootid`, `root-id` → `rootID`). @throws KlosetError `usage` for an unknown one. */
export function optionName(kind: ConnectorKind, word: string): string {
  const found = knownOption(kind, word);
  if (found !== undefined) return found;
  throw new KlosetError('usage', `A ${kind} has no option "${word}".`, {
    hint: `It has: ${optionsOf[kind].join(', ')}.`,
  });
}

/** The option's own spelling; undefined for an unknown one. */
export function knownOption(kind: ConnectorKind, word: string): string | undefined {
  const plain = word.toLowerCase().replaceAll(/[-_]/g, '').replace(/cmd$/, 'command');
  return optionsOf[kind].find((option) => option.toLowerCase().replaceAll('_', '') === plain);
}

/** The options of `before`, changed by `changes`: a secret given in another way replaces the old one. */
export function changedOptions(before: Connector, changes: Connector): Connector {
  const replaced = plainSecrets
    .map(waysOf)
    .filter((ways) => ways.some((name) => changes[name] !== undefined));
  const kept = Object.entries(before).filter(([name]) => !replaced.flat().includes(name));
  return { ...Object.fromEntries(kept), ...changes };
}

/** True for what lies somewhere, and not for rules. */
export function hasLocation(kind: ConnectorKind): boolean {
  return kind !== 'policy' && kind !== 'notify';
}

/** An option to add a connector with, as an example. */
export function exampleOption(kind: ConnectorKind): string {
  if (kind === 'policy') return 'daily=7';
  if (kind === 'notify') return 'type=slack url=-';
  return kind === 'store' ? 'location=/var/backups' : 'location=notion://';
}

/** A connector as it may be shown: secrets are replaced by stars. */
export function withoutSecrets(connector: Connector): Connector {
  return Object.fromEntries(
    Object.entries(connector).map(([option, value]) => [option, secrets.has(option) ? '********' : value]),
  );
}

function checkLocation(kind: ConnectorKind, location: string | undefined): void {
  if (location === undefined || kind === 'store' || !hasLocation(kind)) return;
  if (location === 'notion://' || location === 'notion:') return;
  throw new KlosetError('usage', `The location of a ${kind} must be notion://, not "${location}".`);
}
