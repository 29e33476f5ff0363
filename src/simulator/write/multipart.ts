/** Reads multipart/form-data bodies (RFC 7578), as `send` takes them. */
import { validationError } from '../protocol/api-error.ts';

/** One field of a form. */
export interface FormField {
  readonly name: string;
  readonly filename: string | undefined;
  readonly contentType: string | null;
  readonly content: Uint8Array;
}

/** The fields in order. @throws ApiError 400 when the body is not a multipart form */
export function parseMultipart(body: Uint8Array, contentType: string): FormField[] {
  const boundary = /^multipart\/form-data;.*\bboundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const mark = boundary?.[1] ?? boundary?.[2];
  if (mark === undefined) throw validationError('The content type should be `multipart/form-data`.');
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const delimiter = Buffer.from(`\r\n--${mark}`);
  const fields: FormField[] = [];
  let start = delimiter.length - 2;
  if (!bytes.subarray(0, start).equals(delimiter.subarray(2))) throw malformed();
  while (bytes.subarray(start, start + 2).toString() !== '--') {
    const end = bytes.indexOf(delimiter, start);
    if (end < 0) throw malformed();
    fields.push(parseField(bytes.subarray(start, end)));
    start = end + delimiter.length;
  }
  return fields;
}

function malformed(): Error {
  return validationError('The multipart form is malformed.');
}

/** A part between two boundaries: line break, headers, empty line, content. */
function parseField(part: Buffer): FormField {
  const gap = part.indexOf('\r\n\r\n');
  if (gap < 0) throw malformed();
  const headers = part.subarray(2, gap).toString('utf8');
  const disposition = /^content-disposition:\s*form-data;(.*)$/im.exec(headers)?.[1] ?? '';
  const name = /\bname="([^"]*)"/.exec(disposition)?.[1];
  if (name === undefined) throw validationError('The multipart form has a field without a name.');
  return {
    name,
    filename: /\bfilename="([^"]*)"/.exec(disposition)?.[1],
    contentType: /^content-type:\s*(.+?)\s*$/im.exec(headers)?.[1] ?? null,
    content: part.subarray(gap + 4),
  };
}
