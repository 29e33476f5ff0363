/** Sends files to a desk as multipart forms. */
import type { JsonObject } from '../../../src/simulator/workspace/json.ts';
import type { Desk, Reply } from './desk.ts';
import { textAt } from './desk.ts';

/** Sends bytes to an upload. */
export function send(
  desk: Desk,
  id: string,
  bytes: Uint8Array,
  more: { readonly part?: string; readonly type?: string; readonly name?: string } = {},
): Promise<Reply> {
  const part =
    more.part === undefined
      ? ''
      : `--edge\r\ncontent-disposition: form-data; name="part_number"\r\n\r\n${more.part}\r\n`;
  const type = more.type === undefined ? '' : `content-type: ${more.type}\r\n`;
  const head = `${part}--edge\r\ncontent-disposition: form-data; name="file"; filename="${more.name ?? 'a.txt'}"\r\n${type}\r\n`;
  const rawBody = Buffer.concat([Buffer.from(head), bytes, Buffer.from('\r\n--edge--\r\n')]);
  return desk.ask('POST', `file_uploads/${id}/send`, undefined, {
    rawBody,
    contentType: 'multipart/form-data; boundary=edge',
  });
}

/** The id of a new upload of this name, with its bytes. */
export async function upload(
  desk: Desk,
  filename: string,
  content = 'content',
  more: JsonObject = {},
): Promise<string> {
  const id = textAt(await desk.post('file_uploads', { filename, ...more }), 'id');
  const reply = await send(desk, id, new TextEncoder().encode(content));
  if (reply.status !== 200) throw new Error(reply.message);
  return id;
}
