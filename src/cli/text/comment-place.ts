/** `--comments`: the place of comments in readable pages. */
import type { CommentPlace } from '../../document/comment-places.ts';
import { commentPlaces } from '../../document/comment-places.ts';
import { KlosetError } from '../../errors.ts';
import { parseChoice } from './parse.ts';

/** The line of the help. */
export const commentsHelp = 'show comments of readable pages as footnotes (default), margin (html) or none';

/**
 * The place that the flags ask for, where they do.
 * @param flags `comments` is false for `--no-comments`
 * @throws KlosetError `usage` for another word, and for a margin that the form does not have
 */
export function commentsOf(
  { comments }: { readonly comments?: string | boolean },
  form: string,
): { readonly comments?: CommentPlace } {
  if (comments === undefined || comments === true) return {};
  if (comments === false) return { comments: 'none' };
  const place = parseChoice(comments, commentPlaces, '--comments');
  if (place !== 'margin' || form === 'html') return { comments: place };
  throw new KlosetError('usage', `Only HTML has a margin for comments, not ${form}.`, {
    hint: 'Give --as html, or --comments footnotes.',
  });
}
