/** Image, video, audio, pdf and file blocks: external URLs the API takes, uploads of the bytes in the snapshot. */
import type { JsonObject } from '../../../document/json.ts';
import { objectAt, stringAt } from '../../../document/json.ts';
import { writableVideo } from '../../../document/video-hosts.ts';
import { isExternalMedia } from '../requests/file-kinds.ts';
import { attachFile } from '../requests/files.ts';
import { webUrl } from '../requests/links.ts';
import { addressNode } from './address-forms.ts';
import type { Source } from './block-source.ts';
import { approximate, captionOf, lose } from './block-source.ts';
import type { WriteNode } from './write-node.ts';
import { writeNode } from './write-node.ts';

/** The block to create for a media block; a marker or nothing when its bytes or URL cannot be used. */
export function writableMedia(source: Source): WriteNode[] {
  return objectAt(source.payload, 'file') === undefined ? external(source) : hosted(source);
}

function external(source: Source): WriteNode[] {
  const given = stringAt(objectAt(source.payload, 'external'), 'url') ?? '';
  const url = webUrl(given);
  if (url === undefined)
    return lose(source, `its URL does not lead to the web: ${given}`.slice(0, 300), source.type);
  if (source.type === 'video') return externalVideo(source, url);
  if (isExternalMedia(source.type, url))
    return [atAddress(source, source.type, url, { type: 'external', external: { url }, ...nameOf(source) })];
  approximate(source, 'the API refuses the URL as media: written as an embed');
  return [atAddress(source, 'embed', url, { url })];
}

function externalVideo(source: Source, given: string): WriteNode[] {
  const { type, url } = writableVideo(given);
  if (type === 'embed') {
    approximate(source, 'the API refuses the URL as a video: written as an embed');
    return [atAddress(source, 'embed', url, { url })];
  }
  if (url !== given) approximate(source, `the API refuses the URL in this form: written as ${url}`);
  return [atAddress(source, 'video', url, { type: 'external', external: { url } })];
}

function hosted(source: Source): WriteNode[] {
  const name = stringAt(source.payload, 'name');
  const attached = attachFile(source.payload.file, name, source.conversion);
  if ('lost' in attached) return lose(source, attached.lost, source.type);
  if (attached.renamed !== undefined)
    approximate(source, `the API refuses its extension: uploaded as ${attached.renamed}`);
  const fits = source.type === 'file' || source.type === attached.kind;
  if (!fits) approximate(source, `the API does not take its file as ${source.type}: written as a file`);
  const type = fits ? source.type : 'file';
  return [media(source, type, { ...attached.source, ...(type === 'file' ? nameOf(source) : {}) })];
}

/** The name a file block shows. */
function nameOf(source: Source): JsonObject {
  const name = stringAt(source.payload, 'name');
  return source.type === 'file' && name !== undefined && name !== '' ? { name: name.slice(0, 200) } : {};
}

function atAddress(source: Source, type: string, url: string, payload: JsonObject): WriteNode {
  return addressNode(source, type, { url, payload: { ...payload, ...captionOf(source) } });
}

function media(source: Source, type: string, payload: JsonObject): WriteNode {
  return writeNode(
    type,
    { ...payload, ...captionOf(source) },
    {
      files: source.files,
      ...(source.conversion.wantsId(source.id) ? { sourceId: source.id } : {}),
    },
  );
}
