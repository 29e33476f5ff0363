/** Places for the words of comments: at the end of the page, in its margin (HTML alone), nowhere. */
export const commentPlaces = ['footnotes', 'margin', 'none'] as const;
export type CommentPlace = (typeof commentPlaces)[number];
