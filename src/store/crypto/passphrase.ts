/**
 * Strength of a new passphrase, as a lower bound on the guesses it takes. Argon2id makes a guess cost a good part
 * of a second and 64 MiB: at ten guesses a second 45 bits keep a thousand machines busy for a hundred years.
 */

const minBits = 45;

/** Characters beyond this add nothing to the judgement. */
const maxJudgedLength = 200;

/** Words that people type when asked for a passphrase, and those they would type here. */
const commonWords = [
  'password',
  'passwort',
  'passphrase',
  'motdepasse',
  'contrasena',
  'letmein',
  'welcome',
  'willkommen',
  'iloveyou',
  'admin',
  'root',
  'master',
  'secret',
  'geheim',
  'notion',
  'kloset',
  'backup',
  'workspace',
  'dragon',
  'monkey',
  'football',
  'baseball',
  'sunshine',
  'princess',
  'superman',
  'batman',
  'shadow',
  'trustno1',
  'changeme',
  'default',
  'test',
  'login',
  'hello',
  'hallo',
  'qwertz',
  'qwerty',
  'azerty',
  'summer',
  'winter',
  'spring',
  'autumn',
];
const keyboardRows = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'qwertzuiop',
  'asdfghjkl',
  'zxcvbnm',
  'azertyuiop',
];

/** The reason why `passphrase` is too easy to guess, as a sentence; undefined when it is strong enough. */
export function passphraseWeakness(passphrase: string): string | undefined {
  const bits = guessBits(passphrase);
  if (bits >= minBits) return undefined;
  const reason = bits < 25 ? 'would be guessed in minutes' : 'could be guessed with many machines';
  return `This passphrase ${reason}. Five words chosen by chance are strong enough.`;
}

/** A lower bound, in bits, on the guesses `passphrase` takes. Repetition, runs and common words count once. */
export function guessBits(passphrase: string): number {
  const folded = undoLeet(passphrase.normalize('NFC').slice(0, maxJudgedLength));
  const essence = withoutRepeats(withoutRuns(withoutCommonWords(folded)));
  return [...essence].length * Math.log2(alphabetSize(passphrase));
}

/** "p4ssw0rd" is "password"; case is worth nothing in a guess of whole words. */
function undoLeet(text: string): string {
  const signs: Readonly<Record<string, string>> = {
    '4': 'a',
    '@': 'a',
    '3': 'e',
    '1': 'i',
    '!': 'i',
    '0': 'o',
    $: 's',
    '5': 's',
  };
  const lower = text.toLowerCase();
  const plain = [...lower].map((sign) => signs[sign] ?? sign).join('');
  return commonWords.some((word) => plain.includes(word)) ? plain : lower;
}

/** A common word is worth one sign. */
function withoutCommonWords(text: string): string {
  return commonWords.reduce((left, word) => left.replaceAll(word, '\u0001'), text);
}

/** "abcd", "4321", "asdf": a run of three or more neighbours is worth two signs. */
function withoutRuns(text: string): string {
  const signs = [...text];
  return signs
    .filter((sign, at) => !(follows(signs[at - 1], sign) && follows(signs[at - 2], signs[at - 1])))
    .join('');
}

function follows(before: string | undefined, sign: string | undefined): boolean {
  if (before === undefined || sign === undefined) return false;
  return keyboardRows.some((row) => row.includes(before + sign) || row.includes(sign + before));
}

/** "aaaa" and "xyxyxyxy" are worth what is repeated. */
function withoutRepeats(text: string): string {
  return text.replace(/(.+?)\1+/gsu, '$1');
}

/** Number of characters that a guesser must try for each one. */
function alphabetSize(text: string): number {
  const classes: readonly [RegExp, number][] = [
    [/[a-z]/, 26],
    [/[A-Z]/, 26],
    [/[0-9]/, 10],
    [/[ -/:-@[-`{-~]/, 33],
    [/[^\u0000-\u007f]/, 100],
  ];
  return classes.reduce((size, [pattern, count]) => (pattern.test(text) ? size + count : size), 1);
}
