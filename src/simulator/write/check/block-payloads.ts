/** Payloads of blocks without children in requests, type by type (SDK 5.26 types). */
import { codeLanguages } from '../lists/code-languages.ts';
import { textColours } from '../lists/colours.ts';
import { uuid } from './ids.ts';
import type { Check } from './problems.ts';
import { richText } from './rich-text.ts';
import { array, empty, filledString, object, oneKeyOf, oneOf, optional, string } from './shapes.ts';
import { urlText } from './urls.ts';

/** A colour of text or block. */
export const colour = optional(oneOf(textColours));

const caption = optional(richText);
const mediaSources = { external: object({ url: urlText }), file_upload: object({ id: uuid }) };

/** Media that names its source: an external URL or an uploaded file. */
export const media = oneKeyOf({ payloads: mediaSources, common: { caption } });

/** As `media`, with the file's name. */
export const namedMedia = oneKeyOf({
  payloads: mediaSources,
  common: { caption, name: optional(string(900)) },
});

/** An empty list of children, accepted and ignored where children cannot be sent (recorded in 2026). */
export const noChildren: Check = (value, path, problems) => {
  if (!Array.isArray(value) || value.length > 0) problems.should(path, 'be not present', value);
};

/** The cells of one table row; that they fit the table is judged where the table is known. */
export const tableRow = object({ cells: array(richText) });

/** Payloads that are the same wherever the block stands. */
export const leafPayloads: { readonly [type: string]: Check } = {
  embed: object({ url: urlText, caption }),
  bookmark: object({ url: urlText, caption }),
  image: media,
  video: media,
  pdf: media,
  file: namedMedia,
  audio: media,
  code: object({ rich_text: richText, language: oneOf(codeLanguages), caption }),
  equation: object({ expression: filledString(1000) }),
  divider: empty,
  breadcrumb: empty,
  table_of_contents: object({ color: colour }),
  link_to_page: oneKeyOf({ payloads: { page_id: uuid, database_id: uuid, comment_id: uuid } }),
};
