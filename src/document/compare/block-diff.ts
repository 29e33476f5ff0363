/** Compares two lists of blocks: equal, changed, lost and additional ones. */
import type { Json, JsonObject } from '../json.ts';
import type { BlockForm } from './block-form.ts';
import { contentOf, isSameContent } from './words.ts';

/**
 * Result for one part of a copy. `impossible` parts are missing because no request can write them; `unknown` ones cannot be
 * judged, since they are not in one of the two snapshots.
 */
export type Verdict = 'exact' | 'approximated' | 'lost' | 'impossible' | 'extra' | 'unknown';

export interface Finding {
  readonly verdict: Verdict;
  /** The kind of thing that was compared: `block paragraph`, `property Status`, `view Board`. */
  readonly what: string;
  /** The path from the object down: `blocks/3/children/0`. */
  readonly at: string;
  readonly original?: Json;
  readonly copy?: Json;
  /** The reason why an `unknown` part was not read. */
  readonly reason?: string;
}

/** Lists that are not whole: the part of the list that was read ends before the list does. */
export interface ListGaps {
  readonly original: boolean;
  readonly copy: boolean;
}

const wholeLists: ListGaps = { original: false, copy: false };

/**
 * Compares the blocks expected with those of the copy, in order. The two lists are aligned on their longest common
 * subsequence of types and texts; the rest between two aligned blocks is paired by type. Beyond the end of a list that is
 * not whole, nothing is extra; blocks that a copy's list does not show are unknown, not lost.
 */
export function diffBlocks(
  expected: readonly BlockForm[],
  copy: readonly BlockForm[],
  at: string,
  gaps: ListGaps = wholeLists,
): Finding[] {
  const pairs = align(expected, copy);
  const lastExpected = pairs.findLastIndex(([left]) => left !== -1);
  return pairs.flatMap(([left, right], index) => {
    const [form, other] = [expected[left], copy[right]];
    if (form !== undefined && other !== undefined) return diffBlock(form, other, `${at}/${left}`);
    if (form !== undefined) return lostBlock(form, `${at}/${left}`, gaps);
    if (other === undefined || (gaps.original && index > lastExpected)) return [];
    return [
      { verdict: 'extra' as const, what: `block ${other.type}`, at: `${at}/+${index}`, copy: other.data },
    ];
  });
}

function lostBlock(form: BlockForm, at: string, gaps: ListGaps): Finding[] {
  if (form.loose?.includes('unknown')) return [];
  const verdict = form.loose?.includes('absence') ? 'impossible' : gaps.copy ? 'unknown' : 'lost';
  return [{ verdict, what: `block ${form.type}`, at, original: form.data }];
}

function diffBlock(expected: BlockForm, copy: BlockForm, at: string): Finding[] {
  if ([expected, copy].some(({ loose }) => loose?.includes('unknown'))) return [];
  const what = `block ${expected.type}`;
  const { loose = [] } = expected;
  const data = loose.includes('icon') ? withoutIcon(copy.data) : copy.data;
  const isSameData = loose.includes('identity') || JSON.stringify(expected.data) === JSON.stringify(data);
  const same = expected.type === copy.type && isSameData;
  const own: Finding = same
    ? { verdict: 'exact', what, at }
    : {
        verdict: isSameContent(contentOf(expected.data), contentOf(data)) ? 'approximated' : 'lost',
        what,
        at,
        original: { type: expected.type, ...expected.data },
        copy: { type: copy.type, ...copy.data },
      };
  if (loose.includes('children')) return [own];
  const gaps = { original: expected.isCut === true, copy: copy.isCut === true };
  if (copy.isUnlisted === true && !gaps.copy && expected.children.length > 0) return [own];
  return [own, ...diffBlocks(expected.children, copy.children, `${at}/children`, gaps)];
}

function withoutIcon({ icon: _icon, ...data }: JsonObject): JsonObject {
  return data;
}

/** Pairs of indexes; -1 stands for the missing side. */
function align(original: readonly BlockForm[], copy: readonly BlockForm[]): [number, number][] {
  const pairs: [number, number][] = [];
  let left = 0;
  let right = 0;
  const anchors = commonAnchors(original.map(keyOf), copy.map(keyOf));
  for (const [nextLeft, nextRight] of [...anchors, [original.length, copy.length] as const]) {
    pairs.push(...pairGap(original, copy, [left, nextLeft], [right, nextRight]));
    if (nextLeft < original.length) pairs.push([nextLeft, nextRight]);
    left = nextLeft + 1;
    right = nextRight + 1;
  }
  return pairs;
}

function keyOf(form: BlockForm): string {
  return JSON.stringify([form.type, form.data]);
}

/** Between two anchors: pair equal types in order, then call the rest lost or extra. */
function pairGap(
  original: readonly BlockForm[],
  copy: readonly BlockForm[],
  [left, leftEnd]: readonly [number, number],
  [right, rightEnd]: readonly [number, number],
): [number, number][] {
  const pairs: [number, number][] = [];
  let from = right;
  for (let index = left; index < leftEnd; index += 1) {
    let match = -1;
    for (let other = from; other < rightEnd && match === -1; other += 1) {
      if (copy[other]?.type === original[index]?.type) match = other;
    }
    for (; match !== -1 && from < match; from += 1) pairs.push([-1, from]);
    if (match !== -1) from = match + 1;
    pairs.push([index, match]);
  }
  for (; from < rightEnd; from += 1) pairs.push([-1, from]);
  return pairs;
}

/**
 * A longest common subsequence where lists are short enough for the quadratic table, else a greedy walk.
 * Equal prefixes and suffixes, nearly everything in a good copy, cost nothing.
 */
function commonAnchors(a: readonly string[], b: readonly string[]): [number, number][] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end])
    end += 1;
  const prefix = Array.from({ length: start }, (_, index): [number, number] => [index, index]);
  const middle = middleAnchors(a.slice(start, a.length - end), b.slice(start, b.length - end));
  const suffix = Array.from({ length: end }, (_, index): [number, number] => [
    a.length - end + index,
    b.length - end + index,
  ]);
  return [...prefix, ...middle.map(([x, y]): [number, number] => [x + start, y + start]), ...suffix];
}

function middleAnchors(a: readonly string[], b: readonly string[]): [number, number][] {
  if (a.length * b.length > 4_000_000) return greedyAnchors(a, b);
  const width = b.length + 1;
  const table = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const skip = Math.max(table[(i + 1) * width + j] ?? 0, table[i * width + j + 1] ?? 0);
      table[i * width + j] = a[i] === b[j] ? (table[(i + 1) * width + j + 1] ?? 0) + 1 : skip;
    }
  }
  const anchors: [number, number][] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) anchors.push([i++, j++]);
    else if ((table[(i + 1) * width + j] ?? 0) >= (table[i * width + j + 1] ?? 0)) i += 1;
    else j += 1;
  }
  return anchors;
}

function greedyAnchors(a: readonly string[], b: readonly string[]): [number, number][] {
  const anchors: [number, number][] = [];
  let from = 0;
  for (const [i, key] of a.entries()) {
    const j = b.indexOf(key, from);
    if (j === -1 || j - from > 200) continue;
    anchors.push([i, j]);
    from = j + 1;
  }
  return anchors;
}
