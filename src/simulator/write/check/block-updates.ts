/** The body of `PATCH /blocks/{id}`: one payload of the block's own type, whole fields at a time, and `in_trash`. */
import type { JsonObject } from '../../workspace/json.ts';
import { isJsonObject } from '../../workspace/json.ts';
import { codeLanguages } from '../lists/code-languages.ts';
import { colour, noChildren, tableRow } from './block-payloads.ts';
import { icon } from './icons.ts';
import { uuid } from './ids.ts';
import type { Check, Problems } from './problems.ts';
import { richText } from './rich-text.ts';
import type { ObjectRule } from './shapes.ts';
import { boolean, empty, filledString, number, object, oneKeyOf, oneOf, optional, string } from './shapes.ts';
import { urlText } from './urls.ts';

/** Types whose payload cannot be changed at all; only `in_trash` can. */
export const fixedTypes: readonly string[] = ['child_page', 'child_database', 'column_list', 'synced_block'];

const children = optional(noChildren);
const text: ObjectRule = { rich_text: optional(richText), color: colour, children };
const heading = object({ ...text, is_toggleable: optional(boolean) });
const media: ObjectRule = {
  type: optional(oneOf(['external', 'file_upload'])),
  caption: optional(richText),
  external: optional(object({ url: urlText })),
  file_upload: optional(object({ id: uuid })),
};
const linked = object({ url: optional(urlText), caption: optional(richText) });

const payloads: { readonly [type: string]: Check } = {
  embed: linked,
  bookmark: linked,
  image: object(media),
  video: object(media),
  pdf: object(media),
  audio: object(media),
  file: object({ ...media, name: optional(string(900)) }),
  code: object({
    rich_text: optional(richText),
    language: optional(oneOf(codeLanguages)),
    caption: optional(richText),
  }),
  equation: object({ expression: filledString(1000) }),
  divider: empty,
  breadcrumb: empty,
  tab: empty,
  table_of_contents: object({ color: colour }),
  link_to_page: oneKeyOf({ payloads: { page_id: uuid, database_id: uuid, comment_id: uuid } }),
  table_row: tableRow,
  heading_1: heading,
  heading_2: heading,
  heading_3: heading,
  heading_4: heading,
  paragraph: object({ ...text, icon: optional(icon) }),
  bulleted_list_item: object(text),
  numbered_list_item: object(text),
  quote: object(text),
  to_do: object({ ...text, checked: optional(boolean) }),
  toggle: object(text),
  callout: object({ ...text, icon: optional(icon) }),
  table: object({ has_column_header: optional(boolean), has_row_header: optional(boolean) }),
  column: object({ width_ratio: optional(number) }),
};

/** Judges the body of an update of a block of the given type. */
export function checkBlockUpdate(body: JsonObject, type: string, problems: Problems): void {
  const rule: ObjectRule = { in_trash: optional(boolean), type: optional(oneOf([type])) };
  const payload = payloads[type];
  const named = Object.keys(body).find((key) => key !== 'type' && key !== 'in_trash');
  object(payload === undefined ? rule : { ...rule, [type]: optional(payload) })(body, 'body', problems);
  if (named === undefined && body.in_trash === undefined)
    problems.should(`body.${type}`, 'be defined', undefined);
  const changed = body[type];
  if (isJsonObject(changed) && isJsonObject(changed.external) && isJsonObject(changed.file_upload)) {
    problems.should(`body.${type}.external`, 'be not present', changed.external);
  }
}
