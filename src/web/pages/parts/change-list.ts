/** Changes of one object as a coloured list: what was added, removed, moved, and the words before and after. */
import type { Change, Detail } from '../../../document/diff/change.ts';
import { diffWords } from '../../../document/diff/word-diff.ts';
import type { Child, Element } from '../../elements.ts';
import { h } from '../../elements.ts';
import { words } from '../../words.ts';

const maxShown = 500;
const maxWords = 4000;

export function changeList(changes: readonly Change[]): Child {
  if (changes.length === 0) return h('p', {}, words.time.nothing);
  return [
    h('ul', { className: ['changes'] }, changes.slice(0, maxShown).map(changeItem)),
    changes.length > maxShown ? h('p', {}, words.time.more(changes.length - maxShown)) : undefined,
  ];
}

function changeItem(change: Change): Element {
  const { kind, part, name, below, reason } = change;
  const label = part === name || part === 'block' || part === 'comment' ? name : `${part} ${name}`.trim();
  return h(
    'li',
    { className: [kind] },
    h('span', { className: ['kind'] }, words.time.kinds[kind]),
    ` ${label}`,
    below === undefined ? undefined : ` (${words.time.below(below)})`,
    reason === undefined ? undefined : `: ${words.time.reason} ${reason}`,
    changedWords(change),
    (change.details ?? []).map(detail),
  );
}

/** The words of a change, those of both versions in one line. */
export function changedWords({ before, after, kind }: Pick<Change, 'before' | 'after' | 'kind'>): Child {
  if (before === undefined && after === undefined) return undefined;
  const cut = (text: string) => (text.length > maxWords ? `${text.slice(0, maxWords)} …` : text);
  if (before === undefined || after === undefined) {
    const text = cut(before ?? after ?? '');
    if (text === '') return undefined;
    const tag = kind === 'added' ? 'ins' : kind === 'removed' ? 'del' : 'span';
    return h('p', {}, h(tag, {}, text));
  }
  return h(
    'p',
    {},
    diffWords(cut(before), cut(after)).map(
      ({ kind: own, text }): Child => (own === 'same' ? text : h(own === 'added' ? 'ins' : 'del', {}, text)),
    ),
  );
}

function detail({ name, before, after }: Detail): Element {
  if (name.startsWith('formatting')) return h('p', {}, name);
  return h(
    'p',
    {},
    `${name.replaceAll('_', ' ')}: `,
    h('del', {}, short(before)),
    ' → ',
    h('ins', {}, short(after)),
  );
}

function short(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

/** `3 blocks changed, 1 value added`: what happened to an object, on one line. */
export function summaryOf(changes: readonly Change[]): string {
  const counts = new Map<string, { readonly part: string; readonly kind: Change['kind']; count: number }>();
  for (const { kind, part } of changes) {
    const key = `${part} ${kind}`;
    const known = counts.get(key) ?? { part, kind, count: 0 };
    known.count += 1;
    counts.set(key, known);
  }
  return [...counts.values()]
    .map(({ part, kind, count }) => words.time.counted(count, part, kind))
    .join(', ');
}
