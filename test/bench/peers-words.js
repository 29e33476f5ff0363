/** Texts of made-up words whose frequencies fall as those of a language do, so that they compress as prose does. */

const syllables = (
  'ba be bi bo bu ca ce co cu da de di do du fa fe fi fo ga ge gi go ha he hi ho ja je ka ke ki ko la le li lo lu ma me ' +
  'mi mo mu na ne ni no nu pa pe pi po pu ra re ri ro ru sa se si so su ta te ti to tu va ve vi vo wa we wi ya ye za ze ' +
  'er en es an on in un ar or al el st nd ng nt th sh ch ck ly ed'
).split(' ');

const words = 6_000;

/** Words and the share of all text up to each; the n-th word is about 1/n as frequent as the first (Zipf). */
export function vocabularyOf(random) {
  const found = new Set();
  while (found.size < words) {
    const length = 1 + Math.floor(Math.log2(found.size + 2) / 4.5 + random.next() * 2);
    found.add(Array.from({ length }, () => random.pick(syllables)).join(''));
  }
  let sum = 0;
  const shares = Array.from({ length: words }, (_, at) => (sum += 1 / (at + 2)));
  return { words: [...found], shares: shares.map((share) => share / sum) };
}

/** `fewest` to `most` words. */
export function wordsOf({ random, vocabulary }, fewest, most) {
  const count = fewest + random.below(most - fewest + 1);
  const text = Array.from({ length: count }, () => wordOf(vocabulary, random.next())).join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function wordOf({ words: from, shares }, share) {
  let low = 0;
  let high = shares.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (shares[middle] < share) low = middle + 1;
    else high = middle;
  }
  return from[low];
}
