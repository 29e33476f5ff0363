/** Rich text in requests: kinds, lengths, links, annotations and the mentions that can be written. */
import { textColours } from '../lists/colours.ts';
import { dateValue } from './dates.ts';
import { uuid } from './ids.ts';
import type { Check } from './problems.ts';
import {
  array,
  boolean,
  filledString,
  nullable,
  object,
  oneKeyOf,
  oneOf,
  optional,
  string,
} from './shapes.ts';
import { urlText } from './urls.ts';

/** Anything goes: what the API was seen to accept and ignore. */
const ignored: Check = () => {};

const annotations = object({
  bold: optional(boolean),
  italic: optional(boolean),
  strikethrough: optional(boolean),
  underline: optional(boolean),
  code: optional(boolean),
  color: optional(oneOf(textColours)),
});

/** `link` was seen with and without `type: "url"`. */
const link = object({ url: urlText, type: optional(oneOf(['url'])) });
const text = object({ content: string(2000), link: optional(nullable(link)) });
const equation = object({ expression: filledString(1000) });
const idOnly = object({ id: uuid });

const templateMention = oneKeyOf({
  payloads: { template_mention_date: oneOf(['today', 'now']), template_mention_user: oneOf(['me']) },
});

/** A custom emoji named by its id; the name and URL a reader saw are accepted and ignored. */
export const customEmoji = object({ id: uuid, name: optional(string()), url: optional(string()) });

const mention = oneKeyOf({
  payloads: {
    user: object({ id: uuid, object: optional(oneOf(['user'])) }),
    date: dateValue,
    page: idOnly,
    database: idOnly,
    template_mention: templateMention,
    custom_emoji: customEmoji,
  },
});

/** One piece of rich text. `plain_text` and `href` are accepted and ignored (recorded in 2026). */
export const richTextItem = oneKeyOf({
  payloads: { text, mention, equation },
  common: { annotations: optional(annotations), plain_text: optional(ignored), href: optional(ignored) },
});

/** At most 100 pieces of rich text. */
export const richText = array(richTextItem, 100);
