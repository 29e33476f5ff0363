/**
 * The selection of a backup: the patterns that say which objects of its scope it holds. An object is chosen when it or
 * something above it is included (or nothing is given to include), and neither it nor anything above it is excluded.
 */
import { createHash } from 'node:crypto';
import { KlosetError } from '../../errors.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Known, PathPart, Pattern } from './pattern.ts';
import { matchesPattern, parsePattern } from './pattern.ts';
import type { SelectionTexts } from './texts.ts';

/** An exclude; with `isKept` one that takes back what the excludes before it said of the same object (`!PATTERN`). */
export interface Exclude {
  readonly pattern: Pattern;
  readonly isKept: boolean;
}

export interface Selection {
  readonly include: readonly Pattern[];
  /** In the order given: for one object the last that names it decides. */
  readonly exclude: readonly Exclude[];
}

/**
 * @param names of the options the texts came from, for messages
 * @throws KlosetError `usage` for a pattern that can match nothing, and for one that is included and excluded
 */
export function parseSelection(
  { include, exclude }: SelectionTexts,
  names: { readonly include: string; readonly exclude: string } = {
    include: '--include',
    exclude: '--exclude',
  },
): Selection | undefined {
  if (include.length === 0 && exclude.length === 0) return undefined;
  const included = include.map((text) => parsePattern(text, names.include));
  const excluded = exclude.map((text) => parseExclude(text, names.exclude));
  const both = included.find(({ text }) =>
    excluded.some(({ pattern, isKept }) => !isKept && pattern.text === text),
  );
  if (both !== undefined)
    throw new KlosetError('usage', `${names.include} and ${names.exclude} both name ${both.text}.`, {
      hint: 'An exclude wins over every include: drop one of the two.',
    });
  return { include: included, exclude: excluded };
}

function parseExclude(typed: string, option: string): Exclude {
  const text = typed.trim();
  if (text.startsWith('!')) return { pattern: parsePattern(text.slice(1), option), isKept: true };
  return { pattern: parsePattern(text.replace(/^\\(?=[!#])/, ''), option), isKept: false };
}

/** The patterns of a file: one a line; empty lines and those that begin with `#` are skipped. */
export function patternsOfFile(text: string): string[] {
  return text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** The selection as the manifest keeps it; null for everything. */
export function selectionJson(selection: Selection | undefined): JsonObject | null {
  return selection === undefined ? null : { ...textsOf(selection) };
}

/** As it is written: `!` takes back, and a pattern that begins with one is escaped. */
export function excludeText({ pattern: { text }, isKept }: Exclude): string {
  if (isKept) return `!${text}`;
  return text.startsWith('!') ? `\\${text}` : text;
}

export function textsOf({ include, exclude }: Selection): { include: string[]; exclude: string[] } {
  return {
    include: include.map(({ text }) => text),
    exclude: exclude.map(excludeText),
  };
}

/**
 * Tells one selection from another, whatever the order of what is included: `only-` and 12 digits where something is
 * included, `without-` and 12 digits where it only excludes.
 */
export function selectionKey(selection: Selection): string {
  const { include, exclude } = textsOf(selection);
  // The order of excludes matters only where one takes another back.
  const isOrdered = selection.exclude.some(({ isKept }) => isKept);
  const texts: Json = [[...new Set(include)].sort(), isOrdered ? exclude : [...new Set(exclude)].sort()];
  const digest = createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 12);
  return `${include.length > 0 ? 'only' : 'without'}-${digest}`;
}

/** The exclude that leaves the last object of `path` out by itself; undefined while nobody can tell. */
export function excludeOf(
  { exclude }: Selection,
  path: readonly PathPart[],
  whole: { readonly isWhole: boolean },
): Exclude | 'none' | undefined {
  for (const each of [...exclude].reverse()) {
    const isMatch: Known = matchesPattern(each.pattern, path, whole);
    if (isMatch === undefined) return undefined;
    if (isMatch) return each.isKept ? 'none' : each;
  }
  return 'none';
}

/** True when the last object of `path` is included by itself. */
export function isIncluded(
  { include }: Selection,
  path: readonly PathPart[],
  whole: { readonly isWhole: boolean },
): Known {
  const found = include.map((pattern) => matchesPattern(pattern, path, whole));
  if (found.includes(true)) return true;
  return found.includes(undefined) ? undefined : false;
}
