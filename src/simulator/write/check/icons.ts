/** Icons and covers in requests: every kind that can be written. `file` (Notion-hosted) is read-only. */
import { iconColours } from '../lists/colours.ts';
import { uuid } from './ids.ts';
import type { Check } from './problems.ts';
import { customEmoji } from './rich-text.ts';
import { filledString, object, oneKeyOf, oneOf, optional, string } from './shapes.ts';
import { urlText } from './urls.ts';

const emojiPattern =
  /^(\p{RI}\p{RI}|[0-9#*]\uFE0F?\u20E3|\p{Emoji}(\p{EMod}|\uFE0F|\u200D\p{Emoji}|[\u{E0020}-\u{E007F}])*)$/u;

const emoji: Check = (value, path, problems) => {
  string()(value, path, problems);
  if (typeof value === 'string' && (!emojiPattern.test(value) || /^[0-9#*]$/.test(value))) {
    problems.should(path, 'be an emoji', value);
  }
};

const external = object({ url: urlText });
const fileUpload = object({ id: uuid });

/** An icon: emoji, external image, uploaded file, custom emoji, or one of Notion's own by name. */
export const icon = oneKeyOf({
  payloads: {
    file_upload: fileUpload,
    emoji,
    external,
    custom_emoji: customEmoji,
    icon: object({ name: filledString(), color: optional(oneOf(iconColours)) }),
  },
});

/** A cover: external image or uploaded file. */
export const cover = oneKeyOf({ payloads: { file_upload: fileUpload, external } });
