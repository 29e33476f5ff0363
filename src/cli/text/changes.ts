/** Differences as lines for a terminal. */
import type { Change, Detail } from '../../document/diff/change.ts';
import { diffWords } from '../../document/diff/word-diff.ts';
import { printable } from '../../document/names.ts';
import { plural } from './format.ts';

/** Colours of a terminal; none where there is none. */
export interface Paint {
  readonly removed: (text: string) => string;
  readonly added: (text: string) => string;
  readonly soft: (text: string) => string;
}

/** Words alone: removed ones in `[-…-]`, added ones in `{+…+}`, as `git diff --word-diff` writes them. */
export const plainPaint: Paint = {
  removed: (text) => `[-${text}-]`,
  added: (text) => `{+${text}+}`,
  soft: (text) => text,
};

export const colorPaint: Paint = {
  removed: (text) => `\u001b[31m${text}\u001b[0m`,
  added: (text) => `\u001b[32m${text}\u001b[0m`,
  soft: (text) => `\u001b[2m${text}\u001b[0m`,
};

const maxWords = 400;

/** One change on one line, and its words on those that follow. */
export function changeLines(change: Change, paint: Paint): string[] {
  const { kind, part, name, below } = change;
  const sign = { added: '+', removed: '-', changed: '~', renamed: '~', moved: '>', unknown: '?' }[kind];
  const label =
    part === name || part === 'block' || part === 'comment'
      ? printable(name)
      : `${part} ${printable(name)}`.trim();
  const with_ = below === undefined ? '' : ` (with ${plural(below, 'block')} below)`;
  const reason = change.reason === undefined ? '' : ` (not known: ${printable(change.reason)})`;
  const head = `${sign} ${label} ${verb(kind)}${with_}${reason}`;
  return [
    head,
    ...wordLines(change, paint),
    ...(change.details ?? []).map((detail) => `    ${detailText(detail, paint)}`),
  ];
}

function verb(kind: Change['kind']): string {
  return kind === 'unknown' ? 'could not be compared' : kind;
}

function wordLines({ before, after }: Change, paint: Paint): string[] {
  if (before === undefined && after === undefined) return [];
  if (before === undefined) return after === '' ? [] : [`    ${shown(after ?? '')}`];
  if (after === undefined) return before === '' ? [] : [`    ${shown(before)}`];
  const words = diffWords(before, after).map(({ kind, text }) =>
    kind === 'same' ? excerpt(text) : paint[kind](printable(text)),
  );
  return [`    ${words.join('')}`];
}

/** Long stretches that did not change are cut in their middle. */
function excerpt(text: string): string {
  const words = printable(text);
  return words.length > 80 ? `${words.slice(0, 38)} … ${words.slice(-38)}` : words;
}

function shown(text: string): string {
  const words = printable(text);
  return words.length > maxWords ? `${words.slice(0, maxWords)} …` : words;
}

function detailText({ name, before, after }: Detail, paint: Paint): string {
  const [old, now] = [shortJson(before), shortJson(after)];
  if (name.startsWith('formatting')) return paint.soft(name);
  return `${printable(name)}: ${old} → ${now}`;
}

function shortJson(value: unknown): string {
  const text = printable(typeof value === 'string' ? value : JSON.stringify(value));
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** `renamed, 3 blocks changed, 1 block added`: what happened to an object, on one line. */
export function summaryOf(changes: readonly Change[]): string {
  const counts = new Map<string, number>();
  for (const { kind, part } of changes) {
    const words = `${part} ${kind === 'unknown' ? 'not compared' : kind}`;
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return [...counts]
    .map(([words, count]) =>
      count === 1 ? words : `${count} ${words.replace(/^(\S+(?: \S+)*) (\S+|not compared)$/, '$1s $2')}`,
    )
    .join(', ');
}
