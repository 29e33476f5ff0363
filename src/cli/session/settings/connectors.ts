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
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { systemCode } from '../../../backend/disk-errors.ts';
import { isObject } from '../../../document/json.ts';
import { KlosetError, messageOf } from '../../../errors.ts';
import type { Connector, ConnectorKind } from './connector-options.ts';
import { changedOptions, exampleOption, hasLocation, knownOption } from './connector-options.ts';

export type { Connector, ConnectorKind } from './connector-options.ts';

const fileNames: { readonly [kind in ConnectorKind]: string } = {
  source: 'sources.yml',
  destination: 'destinations.yml',
  store: 'stores.yml',
  policy: 'policies.yml',
  notify: 'notifications.yml',
};

/** Words for one of a kind. */
export const nouns: { readonly [kind in ConnectorKind]: string } = {
  source: 'source',
  destination: 'destination',
  store: 'store',
  policy: 'policy',
  notify: 'notification',
};

/** The connectors of one kind, kept in one file. */
export class ConnectorFile {
  readonly #kind: ConnectorKind;
  readonly #path: string;

  constructor(folder: string, kind: ConnectorKind) {
    this.#kind = kind;
    this.#path = join(folder, fileNames[kind]);
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

  /** @throws KlosetError `not-found`; `usage` where somebody wrote an option into the file that there is not */
  get(name: string): Connector {
    const found = this.read().get(name);
    const unknown = Object.keys(found ?? {}).find((option) => knownOption(this.#kind, option) === undefined);
    if (unknown !== undefined)
      throw new KlosetError(
        'usage',
        `${this.#path}: a ${nouns[this.#kind]} has no option "${unknown}", as "${name}" has there.`,
        {
          hint: `Correct it in the file. \`notion-kloset help ${this.#kind} set\` says how options are set.`,
        },
      );
    if (found !== undefined) return found;
    throw new KlosetError('not-found', `There is no ${nouns[this.#kind]} named "${name}".`, {
      hint: `Run \`notion-kloset ${this.#kind} list\`, or add it: \`notion-kloset ${this.#kind} add ${name} ${exampleOption(this.#kind)}\`.`,
    });
  }

  add(name: string, options: Connector): void {
    checkName(name);
    const all = this.read();
    if (all.has(name)) {
      throw new KlosetError('usage', `A ${nouns[this.#kind]} named "${name}" exists already.`, {
        hint: `Change it with \`notion-kloset ${this.#kind} set\`, or remove it with \`notion-kloset ${this.#kind} rm\`.`,
      });
    }
    if (options.location === undefined && hasLocation(this.#kind))
      throw new KlosetError('usage', 'No location was given.', {
        hint: `Add one: ${exampleOption(this.#kind)}.`,
      });
    all.set(name, options);
    this.#write(all);
  }

  set(name: string, options: Connector): void {
    const all = this.read();
    all.set(name, changedOptions(this.get(name), options));
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
      parsed = yaml().parse(text, asText);
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
    return Object.fromEntries(
      Object.entries(options).map(([option, value]) => {
        if (typeof value === 'string') return [knownOption(this.#kind, option) ?? option, value];
        throw new KlosetError('usage', `${this.#path}: ${option} of "${name}" is not a single value.`);
      }),
    );
  }

  /** Replaces the file whole, so that a crash leaves the old one. */
  #write(all: Map<string, Connector>): void {
    const folder = dirname(this.#path);
    // The file may be a link to where a person keeps such files; it stays one.
    const target = existsSync(this.#path) ? realpathSync(this.#path) : this.#path;
    const temporary = `${target}.${process.pid}.tmp`;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(temporary, yaml().stringify(Object.fromEntries(all)), { mode: 0o600 });
      chmodSync(temporary, 0o600);
      renameSync(temporary, target);
    } catch (error) {
      if (existsSync(temporary)) rmSync(temporary);
      const isThroughFile = ['ENOTDIR', 'EEXIST'].includes(systemCode(error));
      const code = isThroughFile ? 'usage' : 'temporary';
      throw new KlosetError(code, `Cannot write ${this.#path}: ${messageOf(error)}`, {
        ...(isThroughFile ? { hint: `A file lies where the folder ${folder} should be.` } : {}),
        cause: error,
      });
    }
  }
}

function checkName(name: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) return;
  throw new KlosetError('usage', `Invalid name "${name}".`, {
    hint: 'Use letters, digits, dots, dashes and underscores, without the @.',
  });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR'].includes(String(error.code));
}

/**
 * A passphrase may be 00123456 and a token true: each value is the text that stands there. What YAML has to warn of it would
 * quote on stderr, and that may be a secret.
 */
const asText = { schema: 'failsafe', logLevel: 'error' } as const;

/** Loaded when there is a file to read or to write. */
function yaml(): Pick<typeof import('yaml'), 'parse' | 'stringify'> {
  return requireHere('yaml');
}

const requireHere: (name: 'yaml') => typeof import('yaml') = createRequire(import.meta.url);
