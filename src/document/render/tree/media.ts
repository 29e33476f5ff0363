/** Blocks that are files or addresses. */
import type { PhrasingContent, RootContent } from 'mdast';
import { gapNote, missingFile } from '../../gaps.ts';
import type { JsonObject } from '../../json.ts';
import { arrayAt, objectAt, stringAt } from '../../json.ts';
import { printable } from '../../names.ts';
import type { Links } from './links.ts';
import { fileHref, fileName, hrefOf } from './links.ts';
import type { Media } from './nodes.ts';
import { linked, note, paragraph, text } from './nodes.ts';
import { phrasing } from './rich-text.ts';

/** A media block: the file when its bytes are kept or its address is known, else a note. */
export function media(
  kind: Media['kind'],
  payload: JsonObject,
  links: Links,
  marks: PhrasingContent[],
): RootContent[] {
  const caption = phrasing(arrayAt(payload, 'caption'), links);
  const missing = missingFile(payload);
  if (missing !== undefined) return [notKept(kind, payload, caption, missing, marks)];
  const href = fileHref(payload, links);
  const name = printable(fileName(payload));
  if (href === undefined)
    return [
      paragraph([{ type: 'emphasis', children: [text(`${kind}: ${name}`)] }, ...spaced(caption), ...marks]),
    ];
  const isKept = stringAt(objectAt(payload, 'file'), 'path') !== undefined;
  return [{ type: 'media', kind, value: href, isKept, name, caption, marks }];
}

/** The note in the place of a file whose bytes are not in the snapshot. */
function notKept(
  kind: string,
  payload: JsonObject,
  caption: readonly PhrasingContent[],
  reason: string,
  marks: readonly PhrasingContent[],
): RootContent {
  const url = stringAt(objectAt(payload, 'file'), 'url') ?? '';
  const name = printable(fileName({ ...payload, external: { url } }));
  const words = caption.length === 0 ? [text(name)] : [...caption];
  return paragraph([
    note(gapNote(`this ${kind} was not kept`, reason)),
    text(' '),
    { type: 'emphasis', children: words },
    ...marks,
  ]);
}

/** An embed, a bookmark or a preview: its caption or its address as a link. */
export function address(payload: JsonObject, links: Links, marks: PhrasingContent[]): RootContent[] {
  const url = stringAt(payload, 'url') ?? '';
  const caption = phrasing(arrayAt(payload, 'caption'), links);
  const words = caption.length === 0 ? [text(printable(url))] : caption;
  return [paragraph([...linked(hrefOf(url, links), words), ...marks])];
}

function spaced(words: readonly PhrasingContent[]): PhrasingContent[] {
  return words.length === 0 ? [] : [text(' '), ...words];
}
