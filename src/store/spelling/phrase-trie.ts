/** Finds the longest phrase at a place of a text. */
import { phrases } from './phrases.ts';

/** Nodes of a trie: children by byte. Phrases are ASCII; 0 is none, since the root is nobody's child. */
const fanOut = 128;

export interface PhraseTrie {
  readonly children: Uint16Array;
  /** Number of the phrase that ends at a node, plus one; 0 for none. */
  readonly ends: Uint16Array;
  /** Length of each phrase in bytes. */
  readonly lengths: Uint8Array;
}

let built: PhraseTrie | undefined;

/** Built when it is first needed. */
export function phraseTrie(): PhraseTrie {
  built ??= buildTrie();
  return built;
}

/** The number of the longest phrase that `bytes` have at `at`; -1 for none. */
export function phraseAt({ children, ends }: PhraseTrie, bytes: Uint8Array, at: number): number {
  let found = 0;
  let node = 0;
  for (let place = at; place < bytes.length; place++) {
    const byte = bytes[place] as number;
    if (byte >= fanOut) break;
    node = children[node * fanOut + byte] as number;
    if (node === 0) break;
    const end = ends[node] as number;
    if (end !== 0) found = end;
  }
  return found - 1;
}

function buildTrie(): PhraseTrie {
  const nodes = 1 + phrases.reduce((sum, phrase) => sum + phrase.length, 0);
  const children = new Uint16Array(nodes * fanOut);
  const ends = new Uint16Array(nodes);
  let used = 1;
  for (const [number, phrase] of phrases.entries()) {
    let node = 0;
    for (const byte of Buffer.from(phrase, 'latin1')) {
      const slot = node * fanOut + byte;
      if (children[slot] === 0) children[slot] = used++;
      node = children[slot] ?? 0;
    }
    ends[node] = number + 1;
  }
  const lengths = Uint8Array.from(phrases, (phrase) => phrase.length);
  return { children: children.slice(0, used * fanOut), ends: ends.slice(0, used), lengths };
}
