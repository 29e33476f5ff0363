/** Finds the longest phrase at a place of a text. */
import { phraseTable } from './phrase-table.ts';
import { phrases } from './phrases.ts';

/** Nodes of a trie: children by byte. Phrases are ASCII; 0 is none, since the root is nobody's child. */
const fanOut = 128;

/** A trie without the nodes to which a single phrase leads: there the rest of that phrase is compared. */
export interface PhraseTrie {
  readonly children: Uint16Array;
  /** Number of the phrase that ends at a node, plus one; 0 for none. */
  readonly ends: Uint16Array;
  /** Number of the phrase that alone leads through a node, plus one; 0 for none. */
  readonly only: Uint16Array;
  /** Length of each phrase in bytes. */
  readonly lengths: Uint8Array;
  /** 1 for a phrase that no other one begins with. */
  readonly isFinal: Uint8Array;
  /** All phrases, one behind the other, and the place of each. */
  readonly bytes: Uint8Array;
  readonly starts: Uint16Array;
  readonly view: DataView;
}

let built: PhraseTrie | undefined;

/** Built when it is first needed. */
export function phraseTrie(): PhraseTrie {
  built ??= buildTrie();
  return built;
}

/** The number of the longest phrase that `bytes` have at `at`; -1 for none. */
export function phraseAt(trie: PhraseTrie, bytes: Uint8Array, at: number): number {
  const { children, ends, only } = trie;
  let found = 0;
  let node = 0;
  for (let place = at; place < bytes.length; ) {
    const byte = bytes[place++] as number;
    if (byte >= fanOut) break;
    node = children[node * fanOut + byte] as number;
    if (node === 0) break;
    const single = only[node] as number;
    if (single !== 0) return endsAs(trie, single - 1, bytes, { at, place }) ? single - 1 : found - 1;
    const end = ends[node] as number;
    if (end !== 0) found = end;
  }
  return found - 1;
}

/** True when the text of `view` has the phrase at `at`, which may reach past the end of neither. */
export function isPhraseAt(trie: PhraseTrie, number: number, view: DataView, at: number): boolean {
  const start = trie.starts[number] as number;
  const length = trie.lengths[number] as number;
  let place = 0;
  for (; place + 4 <= length; place += 4)
    if (view.getUint32(at + place) !== trie.view.getUint32(start + place)) return false;
  for (; place < length; place++)
    if (view.getUint8(at + place) !== trie.view.getUint8(start + place)) return false;
  return true;
}

/** True when `bytes` go on from `place` as the phrase does that begins at `at`. */
function endsAs(
  { bytes: phraseBytes, starts }: PhraseTrie,
  number: number,
  bytes: Uint8Array,
  { at, place }: { readonly at: number; readonly place: number },
): boolean {
  const start = starts[number] as number;
  const end = at + (starts[number + 1] as number) - start;
  if (end > bytes.length) return false;
  for (let here = place; here < end; here++) if (bytes[here] !== phraseBytes[start + here - at]) return false;
  return true;
}

function buildTrie(): PhraseTrie {
  const nodes = 1 + phrases.reduce((sum, phrase) => sum + phrase.length, 0);
  const children = new Uint16Array(nodes * fanOut);
  const ends = new Uint16Array(nodes);
  const only = new Uint16Array(nodes);
  let used = 1;
  grow(0, 0, [...phrases.keys()]);
  const lengths = Uint8Array.from(phrases, (phrase) => phrase.length);
  const { bytes, view, starts } = phraseTable();
  return {
    children: children.slice(0, used * fanOut),
    ends: ends.slice(0, used),
    only: only.slice(0, used),
    lengths,
    isFinal: Uint8Array.from(phrases, (phrase) =>
      phrases.some((other) => other !== phrase && other.startsWith(phrase)) ? 0 : 1,
    ),
    bytes,
    starts,
    view,
  };

  /** Adds what is below `node`, to which the first `depth` bytes of each of the phrases `numbers` lead. */
  function grow(node: number, depth: number, numbers: readonly number[]): void {
    const [first = 0] = numbers;
    if (numbers.length === 1) only[node] = first + 1;
    if (numbers.length <= 1) return;
    const below = new Map<number, number[]>();
    for (const number of numbers) {
      const phrase = phrases[number] ?? '';
      if (phrase.length === depth) ends[node] = number + 1;
      else below.set(phrase.charCodeAt(depth), [...(below.get(phrase.charCodeAt(depth)) ?? []), number]);
    }
    for (const [byte, group] of below) {
      const child = used++;
      children[node * fanOut + byte] = child;
      grow(child, depth + 1, group);
    }
  }
}
