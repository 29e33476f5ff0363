/** Blocks that name something by its address, each with the next best form for the case that Notion refuses it. */
import type { JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject } from '../../../document/json.ts';
import { maxRuns, textRuns } from '../requests/rich-text.ts';
import type { Source } from './block-source.ts';
import type { WriteNode } from './write-node.ts';
import { writeNode } from './write-node.ts';

/** Types of block in the order in which an address is tried. */
type AddressForm = 'embed' | 'bookmark' | 'paragraph';

const words: { readonly [form in AddressForm]: string } = {
  embed: 'written as an embed',
  bookmark: 'written as a bookmark',
  paragraph: 'written as a paragraph with its address',
};

/** A block of any type whose `payload` names `url`; after it, embed, bookmark and paragraph are tried. */
export function addressNode(
  source: Source,
  type: string,
  { url, payload }: { readonly url: string; readonly payload: JsonObject },
): WriteNode {
  const next = type === 'embed' ? 'bookmark' : type === 'bookmark' ? 'paragraph' : 'embed';
  const sourceId = source.conversion.wantsId(source.id) ? { sourceId: source.id } : {};
  const change = { id: source.id, kind: `block ${source.type}` };
  return writeNode(type, payload, {
    files: source.files,
    ...sourceId,
    ...(type === 'paragraph'
      ? {}
      : {
          fallback: {
            node: addressNode({ ...source, files: [] }, next, {
              url,
              payload: payloadOf(next, url, payload),
            }),
            change: { ...change, how: words[next] },
          },
        }),
  });
}

/** The address in another form, with the caption it has in `payload`. */
function payloadOf(form: AddressForm, url: string, payload: JsonObject): JsonObject {
  const caption = arrayAt(payload, 'caption').filter(isObject);
  if (form !== 'paragraph') return { url, ...(caption.length === 0 ? {} : { caption }) };
  const runs = caption.length === 0 ? [] : [...textRuns(' '), ...caption];
  return { rich_text: [...textRuns(url, url), ...runs].slice(0, maxRuns) };
}
