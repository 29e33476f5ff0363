/** The tags and the name of a snapshot, as `backup` and the policies take them. */
import { KlosetError } from '../../../errors.ts';
import { splitWords } from '../../text/parse.ts';

/** Labels that Plakar's users give a backup; kept as tags like `job=nightly`. */
export const labels = ['job', 'environment', 'perimeter', 'category'] as const;

export type Labels = { readonly [label in (typeof labels)[number]]?: string | undefined };

/** The tags first, then the labels, each once. @throws KlosetError `usage` for a label that could not be a tag */
export function tagsOf(tags: readonly string[], given: Labels, nameOf: (label: string) => string): string[] {
  const labelled = labels.flatMap((label) => {
    const word = given[label]?.trim();
    if (word === undefined) return [];
    if (word === '' || word.includes(','))
      throw new KlosetError('usage', `${nameOf(label)} takes one word, not ${JSON.stringify(given[label])}.`);
    return [`${label}=${word}`];
  });
  const all = [...tags.flatMap(splitWords), ...labelled];
  const negated = all.find((tag) => tag.startsWith('!'));
  if (negated !== undefined)
    throw new KlosetError('usage', `${nameOf('tag')}: a tag cannot begin with "!", as ${negated} does.`, {
      hint: 'In filters `!TAG` stands for snapshots without the tag.',
    });
  return [...new Set(all)];
}
