/**
 * The command line as Plakar's users write it (`at STORE ls`, `restore -to @mynotion -latest`), turned into what
 * commander reads.
 */
import { KlosetError } from '../errors.ts';

export interface CommandLine {
  /** The store named by `at STORE`, if any. */
  readonly store: string | undefined;
  readonly words: readonly string[];
}

/** Global options that take a value; `at` is looked for after them. */
export const valueOptions = ['--keyfile', '--api-url', '--rate', '--retry-lock'] as const;

/** Options with a value of groups that also act by themselves: their values are not subcommands. */
const groupValueOptions = ['--from', '--other-keyfile', '--other-passphrase-file'];

/**
 * Splits off `at STORE` and writes Go-style options (`-to`, `-latest`, `-tag=x`) with two dashes.
 * Words after `--` stay as they are.
 */
export function readCommandLine(argv: readonly string[]): CommandLine {
  const end = argv.indexOf('--');
  const own = end === -1 ? argv : argv.slice(0, end);
  const rest = end === -1 ? [] : argv.slice(end);
  const words = own.map((word, index) => (index === 0 && word === '-v' ? '-V' : withTwoDashes(word)));
  const at = wordIndexes(words)[0];
  if (at === undefined || words[at] !== 'at') return { store: undefined, words: [...words, ...rest] };
  const store = words[at + 1];
  if (store === undefined || store === '') {
    throw new KlosetError('usage', '`at` needs a store: notion-kloset at STORE COMMAND');
  }
  return { store, words: [...words.slice(0, at), ...words.slice(at + 2), ...rest] };
}

function withTwoDashes(word: string): string {
  // A single letter (`-h`, `-V`, `-p`) is commander's own.
  return /^-[A-Za-z][A-Za-z-]+(=.*)?$/s.test(word) ? `-${word}` : word;
}

/** The words that are neither options nor values of global options: the command first. */
export function commandWords(words: readonly string[]): string[] {
  return wordIndexes(words).map((index) => words[index] ?? '');
}

function wordIndexes(words: readonly string[]): number[] {
  const indexes: number[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (!word.startsWith('-')) indexes.push(index);
    else if ([...valueOptions, ...groupValueOptions].includes(word)) index += 1;
  }
  return indexes;
}
