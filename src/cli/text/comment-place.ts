/** `--comments` and `--view`: what they do to pages and tables, and the forms that have these. */
import type { CommentPlace } from '../../document/comment-places.ts';
import { commentPlaces } from '../../document/comment-places.ts';
import { KlosetError } from '../../errors.ts';
import { parseChoice } from './parse.ts';

/** Forms that show pages to people. */
const readableForms: readonly string[] = ['md', 'html', 'text'];

/** The line of the help. */
export const commentsHelp = 'show comments of readable pages as footnotes (default), margin (html) or none';

/**
 * The place that the flags ask for, where they do.
 * @param flags `comments` is false for `--no-comments`
 * @throws KlosetError `usage` for another word, for a form without a place for comments, and for a margin that the form does not have
 */
export function commentsOf(
  { comments }: { readonly comments?: string | boolean },
  form: string,
): { readonly comments?: CommentPlace } {
  if (comments === undefined || comments === true) return {};
  if (!readableForms.includes(form))
    throw new KlosetError(
      'usage',
      `${comments === false ? '--no-comments' : '--comments'} is for readable pages, not for ${form}.`,
      {
        hint: `${form === 'csv' ? 'Tables have no comments' : 'Files as they are stored keep their comments'}: leave it out, or give --as md or html.`,
      },
    );
  if (comments === false) return { comments: 'none' };
  const place = parseChoice(comments, commentPlaces, '--comments');
  if (place !== 'margin' || form === 'html') return { comments: place };
  throw new KlosetError('usage', `Only HTML has a margin for comments, not ${form}.`, {
    hint: 'Give --as html, or --comments footnotes.',
  });
}

/** The view that the flags name, where they do. @param forms those with a table. @throws KlosetError `usage` for another form */
export function viewOf(
  { view }: { readonly view?: string },
  form: string,
  forms: readonly string[],
): { readonly view?: string } {
  if (view === undefined) return {};
  if (forms.includes(form)) return { view };
  throw new KlosetError('usage', `--view is for tables, and ${form} has none.`, {
    hint: `Give --as ${forms.join(' or ')}.`,
  });
}
