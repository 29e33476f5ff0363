/** Words for generated texts: few enough that texts compress as people's do, with some that are not ASCII. */
import type { JsonObject } from '../../workspace/json.ts';
import type { Random } from '../../workspace/random.ts';
import { dateMention, inlineEquation, text } from '../parts/text.ts';

const vocabulary = (
  'the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which ' +
  'one you were all her she there would their we him been has when who will no more if out so up said what its about ' +
  'than into them can only other time new some could these two may first then do any like my now over such our man ' +
  'me even most made after also did many off before must well back through years much where your way down should ' +
  'because long each just state those people too mister how little good world make very year still see own work men ' +
  'day get here old life both between being under three never know same last another while us might great go come ' +
  'since against right came take used himself few house use place during high without again home around small however ' +
  'found thought went say part once general school every does got united left number course war until always away ' +
  'something fact water though less public put think almost hand enough far took head yet government system set told ' +
  'nothing night end why called eyes find going look asked later knew point next program city business give group ' +
  'toward young days let room word Fluß cliché naïve 東京 данные कल ☕ 🚲'
).split(' ');

export function pick<T>(random: Random, from: readonly T[]): T {
  const found = from[random.below(from.length)];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
}

/** `least` to `most` words. */
export function phrase(random: Random, least: number, most: number): string {
  const count = least + random.below(most - least + 1);
  return Array.from({ length: count }, () => pick(random, vocabulary)).join(' ');
}

/** A title of a few words, sometimes shared with others. */
export function title(random: Random): string {
  const words = phrase(random, 1, 5);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A text of one plain run, or of several with looks, links and mentions. */
export function richWords(random: Random, least: number, most: number): JsonObject[] {
  if (!random.chance(0.25)) return [text(phrase(random, least, most))];
  const styles = [
    { bold: true },
    { italic: true },
    { code: true },
    { color: 'red' },
    { underline: true },
  ] as const;
  const runs = [text(`${phrase(random, least, most)} `), text(phrase(random, 1, 4), pick(random, styles))];
  if (random.chance(0.3)) {
    const word = phrase(random, 1, 2);
    runs.push(
      text(` ${word}`, { link: `https://example.com/${encodeURIComponent(word)}?n=${random.below(1_000)}` }),
    );
  }
  if (random.chance(0.15)) runs.push(dateMention(`2026-0${1 + random.below(9)}-1${random.below(10)}`));
  if (random.chance(0.05)) runs.push(inlineEquation(`x^${random.below(10)}`));
  return runs;
}
