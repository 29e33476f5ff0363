/**
 * Named sources, destinations, stores and retention policies, as Plakar configures them: `sources.yml` and the like in
 * the configuration folder, readable by their owner alone.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { isObject } from '../../document/json.ts';
import { KlosetError, messageOf } from '../../errors.ts';

export type ConnectorKind = 'source' | 'destination' | 'store' | 'policy';

/** Options by name, all text: `{location: "notion://", token: "ntn_…", rootID: "…"}`. */
export type Connector = { [option: string]: string };

const optionsOf: { readonly [kind in ConnectorKind]: readonly string[] } = {
  source: ['location', 'token', 'rootID', 'api_url'],
  destination: ['location', 'token', 'rootID', 'api_url'],
  store: ['location', 'passphrase', 'passphrase_file', 'passphrase_command', 'keyfile', 'append_only'],
  policy: ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly', 'within', 'tags'],
};

/** Options whose value is never printed. */
const secrets = new Set(['token', 'passphrase', 'passphrase_command']);

/** The connectors of one kind, kept in one file. */
export class ConnectorFile {
  readonly #kind: ConnectorKind;
  readonly #path: string;

  constructor(folder: string, kind: ConnectorKind) {
    this.#kind = kind;
    this.#path = join(folder, kind === 'policy' ? 'policies.yml' : `${kind}s.yml`);
  }

  /** All connectors by name. @throws KlosetError `usage` when the file cannot be read or is not valid. */
  read(): Map<string, Connector> {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch (error) {
      if (isMissing(error)) return new Map();
      throw new KlosetError('usage', `Cannot read ${this.#path}: ${messageOf(error)}`, { cause: error });
    }
    return new Map(Object.entries(this.#parse(text)));
  }

  get(name: string): Connector {
    const found = this.read().get(name);
    if (found !== undefined) return found;
    throw new KlosetError('not-found', `There is no ${this.#kind} named "${name}".`, {
      hint: `Run \`notion-kloset ${this.#kind} list\`, or add it: \`notion-kloset ${this.#kind} add ${name} location=…\`.`,
    });
  }

  add(name: string, options: Connector): void {
    checkName(name);
    const all = this.read();
    if (all.has(name)) {
      throw new KlosetError('usage', `A ${this.#kind} named "${name}" exists already.`, {
        hint: `Change it with \`notion-kloset ${this.#kind} set\`, or remove it with \`notion-kloset ${this.#kind} rm\`.`,
      });
    }
    if (options.location === undefined && this.#kind !== 'policy')
      throw new KlosetError('usage', 'No location was given.', {
        hint: `Add one: ${exampleLocation(this.#kind)}.`,
      });
    all.set(name, options);
    this.#write(all);
  }

  set(name: string, options: Connector): void {
    const all = this.read();
    all.set(name, { ...this.get(name), ...options });
    this.#write(all);
  }

  unset(name: string, options: readonly string[]): void {
    const all = this.read();
    const kept = Object.entries(this.get(name)).filter(([option]) => !options.includes(option));
    all.set(name, Object.fromEntries(kept));
    this.#write(all);
  }

  remove(name: string): void {
    this.get(name);
    const all = this.read();
    all.delete(name);
    this.#write(all);
  }

  #parse(text: string): { [name: string]: Connector } {
    let parsed: unknown;
    try {
      parsed = parse(text);
    } catch (error) {
      // The YAML reader quotes the offending line, which may hold a token: its message is not passed on.
      throw new KlosetError('usage', `${this.#path} is not valid YAML.`, {
        hint: 'Fix or delete the file.',
        cause: error,
      });
    }
    if (parsed === null || parsed === undefined) return {};
    if (!isObject(parsed))
      throw new KlosetError('usage', `${this.#path} is not a list of named ${this.#kind}s.`);
    return Object.fromEntries(
      Object.entries(parsed).map(([name, options]) => [name, this.#connector(name, options)]),
    );
  }

  #connector(name: string, options: unknown): Connector {
    if (!isObject(options)) throw new KlosetError('usage', `${this.#path}: "${name}" has no options.`);
    return Object.fromEntries(Object.entries(options).map(([option, value]) => [option, String(value)]));
  }

  /** Replaces the file whole, so that a crash leaves the old one. */
  #write(all: Map<string, Connector>): void {
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
    // The file may be a link to where a person keeps such files; it stays one.
    const target = existsSync(this.#path) ? realpathSync(this.#path) : this.#path;
    const temporary = `${target}.${process.pid}.tmp`;
    try {
      writeFileSync(temporary, stringify(Object.fromEntries(all)), { mode: 0o600 });
      chmodSync(temporary, 0o600);
      renameSync(temporary, target);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw new KlosetError('temporary', `Cannot write ${this.#path}: ${messageOf(error)}`, { cause: error });
    }
  }
}

/** `option=value` words as a connector; a first bare word is the location, as Plakar takes it. */
export function parseOptions(kind: ConnectorKind, words: readonly string[]): Connector {
  const options: Connector = {};
  for (const [index, word] of words.entries()) {
    const at = word.indexOf('=');
    if (index === 0 && kind !== 'policy' && (at === -1 || /^[a-z0-9]+:\/\//i.test(word))) {
      options.location = word;
      continue;
    }
    if (at <= 0) throw new KlosetError('usage', `Expected option=value, not "${word}".`);
    const name = optionName(kind, word.slice(0, at));
    const value = word.slice(at + 1);
    if (value === '')
      throw new KlosetError('usage', `${name} is empty.`, {
        hint: 'Check that the environment variable you used is set.',
      });
    options[name] = value;
  }
  checkLocation(kind, options.location);
  return options;
}

/** The option's own spelling (`rootid`, `root-id` → `rootID`). @throws KlosetError `usage` for an unknown one. */
export function optionName(kind: ConnectorKind, word: string): string {
  const plain = word.toLowerCase().replaceAll(/[-_]/g, '');
  const found = optionsOf[kind].find((option) => option.toLowerCase().replaceAll('_', '') === plain);
  if (found !== undefined) return found;
  throw new KlosetError('usage', `A ${kind} has no option "${word}".`, {
    hint: `It has: ${optionsOf[kind].join(', ')}.`,
  });
}

/** The option that gives a location, as an example. */
function exampleLocation(kind: ConnectorKind): string {
  return kind === 'store' ? 'location=/var/backups' : 'location=notion://';
}

/** A connector as it may be shown: secrets are replaced by stars. */
export function withoutSecrets(connector: Connector): Connector {
  return Object.fromEntries(
    Object.entries(connector).map(([option, value]) => [option, secrets.has(option) ? '********' : value]),
  );
}

function checkLocation(kind: ConnectorKind, location: string | undefined): void {
  if (location === undefined || kind === 'store' || kind === 'policy') return;
  if (location === 'notion://' || location === 'notion:') return;
  throw new KlosetError('usage', `The location of a ${kind} must be notion://, not "${location}".`);
}

function checkName(name: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) return;
  throw new KlosetError('usage', `Invalid name "${name}".`, {
    hint: 'Use letters, digits, dots, dashes and underscores, without the @.',
  });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
