/** The selection of a backup from what people give: flags, files of patterns, rules of a policy. */
import { readFileSync } from 'node:fs';
import type { Selection } from '../../../document/selection/selection.ts';
import { parseSelection, patternsOfFile } from '../../../document/selection/selection.ts';
import type { SelectionTexts } from '../../../document/selection/texts.ts';
import { isKlosetError, KlosetError } from '../../../errors.ts';

/** A file of patterns is at most this long: it is written by people. */
const maxFileBytes = 1024 * 1024;

export interface GivenPatterns {
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  /** Absolute paths; their patterns come before the others, so that those can take some back. */
  readonly files?: readonly string[] | undefined;
}

/** Names of the options the patterns came from, for messages. */
export interface OptionNames {
  readonly include: string;
  readonly exclude: string;
  readonly file: string;
}

export const flagNames: OptionNames = { include: '--include', exclude: '--exclude', file: '--exclude-file' };
export const plakarNames: OptionNames = { ...flagNames, exclude: '--ignore', file: '--ignore-file' };
export const ruleNames: OptionNames = { include: 'include', exclude: 'exclude', file: 'exclude_file' };

/** @throws KlosetError `usage` for patterns that can match nothing and files that cannot be read */
export function selectionOf(given: GivenPatterns, names: OptionNames): Selection | undefined {
  const { include = [], exclude = [], files = [] } = given;
  const inFiles = files.flatMap((path) => patternsIn(path, names.file));
  const texts: SelectionTexts = { include, exclude: [...inFiles, ...exclude] };
  return parseSelection(texts, names);
}

/** The patterns of a rule: between commas; `\,` is a comma. */
export function patternsOfRule(text: string | undefined): string[] {
  return (text ?? '')
    .split(/(?<!\\),/)
    .map((pattern) => pattern.replaceAll('\\,', ',').trim())
    .filter((pattern) => pattern !== '');
}

function patternsIn(path: string, name: string): string[] {
  const patterns = patternsOfFile(textOf(path, name));
  if (patterns.length > 0) return patterns;
  throw new KlosetError('usage', `${name}: ${path} has no pattern.`, {
    hint: 'Write one pattern a line; lines that begin with # are comments.',
  });
}

function textOf(path: string, name: string): string {
  try {
    const bytes = readFileSync(path);
    if (bytes.length > maxFileBytes || bytes.includes(0))
      throw new KlosetError('usage', `${name}: ${path} is not a file of patterns.`);
    return bytes.toString('utf8');
  } catch (error) {
    if (isKlosetError(error)) throw error;
    throw new KlosetError('usage', `${name}: ${path} cannot be read.`, { cause: error });
  }
}
