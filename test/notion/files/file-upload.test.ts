import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { isKlosetError } from '../../../src/errors.ts';
import { apiFailureOf } from '../../../src/notion/api/api.ts';
import { connectNotion } from '../../../src/notion/api/client.ts';
import type { FileToUpload, UploadOptions } from '../../../src/notion/files/file-upload.ts';
import { uploadFailureOf, uploadFile, uploadLimitOf } from '../../../src/notion/files/file-upload.ts';
import type { Asked } from '../fake-server.ts';
import { sendError, sendJson, withServer } from '../fake-server.ts';
import { HastyClock } from '../virtual-clock.ts';

const MiB = 1024 * 1024;

/** What the fake Notion got: the part numbers in order and the whole bytes. */
class FakeUploads {
  readonly parts: number[] = [];
  readonly bodies: Buffer[] = [];
  created: Record<string, unknown> = {};
  isComplete = false;
  sends = 0;
  refusedExtensions = /\.(xyz|bin)$/;

  answer(asked: Asked, response: ServerResponse): void {
    if (asked.method === 'GET') this.#state(response);
    else if (asked.url.endsWith('/send')) this.#send(asked, response);
    else if (asked.url.endsWith('/complete')) {
      this.isComplete = true;
      this.#state(response);
    } else this.#create(asked, response);
  }

  take(asked: Asked): void {
    const { file, fields } = readForm(asked);
    this.parts.push(Number(fields.part_number ?? 0));
    this.bodies.push(file);
  }

  #create(asked: Asked, response: ServerResponse): void {
    this.created = JSON.parse(asked.body.toString());
    if (this.refusedExtensions.test(String(this.created.filename))) {
      const message = 'Provided `filename` has an extension that is not supported for the File Upload API.';
      sendError(response, 400, 'validation_error', { message });
    } else this.#state(response);
  }

  #send(asked: Asked, response: ServerResponse): void {
    this.sends += 1;
    this.take(asked);
    this.#state(response);
  }

  #state(response: ServerResponse): void {
    const isMulti = this.created.mode === 'multi_part';
    const isUploaded = isMulti ? this.isComplete : this.parts.length > 0;
    const sent = { number_of_parts: { total: this.created.number_of_parts, sent: this.parts.length } };
    sendJson(response, 200, {
      object: 'file_upload',
      id: 'u-1',
      status: isUploaded ? 'uploaded' : 'pending',
      filename: this.created.filename,
      content_type: 'image/png',
      ...(isMulti ? sent : {}),
    });
  }
}

function readForm(asked: Asked): { file: Buffer; fields: Record<string, string>; head: string } {
  const boundary = `--${/boundary=(.+)$/.exec(asked.headers['content-type'] ?? '')?.[1]}`;
  const fields: Record<string, string> = {};
  let file = Buffer.alloc(0);
  let head = '';
  let at = asked.body.indexOf(boundary);
  for (;;) {
    const next = asked.body.indexOf(boundary, at + boundary.length);
    if (next === -1) return { file, fields, head };
    const section = asked.body.subarray(at + boundary.length + 2, next - 2);
    const split = section.indexOf('\r\n\r\n');
    const header = section.subarray(0, split).toString();
    const name = /name="([^"]*)"/.exec(header)?.[1] ?? '';
    if (name === 'file') {
      file = Buffer.from(section.subarray(split + 4));
      head = header;
    } else fields[name] = section.subarray(split + 4).toString();
    at = next;
  }
}

/** A file of `sizeBytes` pseudo-random bytes, given in uneven pieces. */
function fileOf(sizeBytes: number, filename = 'picture.png', pieceBytes = 700_001): FileToUpload {
  const bytes = Buffer.alloc(sizeBytes);
  for (let index = 0; index < sizeBytes; index += 997) bytes[index] = index % 256;
  return {
    filename,
    sizeBytes,
    open: async function* () {
      for (let at = 0; at < sizeBytes; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
    },
  };
}

async function digestOf(file: FileToUpload): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of file.open()) hash.update(piece);
  return hash.digest('hex');
}

interface Result {
  readonly fake: FakeUploads;
  readonly id: string | undefined;
  readonly error: unknown;
  readonly asked: readonly Asked[];
}

async function upload(
  file: FileToUpload,
  options: UploadOptions = {},
  answer = (fake: FakeUploads, asked: Asked, response: ServerResponse) => fake.answer(asked, response),
): Promise<Result> {
  const fake = new FakeUploads();
  return withServer(
    (asked, response) => answer(fake, asked, response),
    async (server) => {
      const clock = new HastyClock();
      const api = connectNotion({ token: 'ntn_x', apiUrl: server.url, clock, monitor: { report() {} } });
      try {
        return { fake, id: await uploadFile(api, file, options), error: undefined, asked: server.asked };
      } catch (error) {
        return { fake, id: undefined, error, asked: server.asked };
      } finally {
        api.close();
      }
    },
  );
}

describe('an upload', () => {
  it('of a small file takes two requests, and Notion gets its bytes, name and type', async () => {
    const file = fileOf(100_000);
    const { fake, id, asked } = await upload(file);
    expect(id).toBe('u-1');
    expect(asked).toHaveLength(2);
    expect(fake.created).toEqual({ mode: 'single_part', filename: 'picture.png' });
    expect(createHash('sha256').update(Buffer.concat(fake.bodies)).digest('hex')).toBe(await digestOf(file));
    const form = readForm(asked[1] ?? { method: '', url: '', headers: {}, body: Buffer.alloc(0) });
    expect(form.head).toContain('filename="picture.png"');
    expect(form.head).toContain('Content-Type: image/png');
    expect(form.fields).toEqual({});
  });

  it.each([
    ['exactly 20 MiB goes in one request', 20 * MiB, [0]],
    ['a byte more goes in parts of 10 MiB', 20 * MiB + 1, [1, 2, 3]],
    ['exactly three parts has no empty fourth', 30 * MiB, [1, 2, 3]],
  ])('of %s', async (_name, sizeBytes, parts) => {
    const file = fileOf(sizeBytes);
    const { fake, id } = await upload(file);
    expect(id).toBe('u-1');
    expect(fake.parts).toEqual(parts);
    expect(fake.isComplete).toBe(parts.length > 1);
    if (parts.length > 1) expect(fake.created.number_of_parts).toBe(parts.length);
    expect(createHash('sha256').update(Buffer.concat(fake.bodies)).digest('hex')).toBe(await digestOf(file));
  });

  it('of an empty file sends one empty part', async () => {
    const { fake, id } = await upload(fileOf(0, 'empty.txt'));
    expect(id).toBe('u-1');
    expect(fake.bodies.map((body) => body.length)).toEqual([0]);
  });

  it.each([
    ['fewer', 999],
    ['more', 1_001],
  ])('of a file that gives %s bytes than announced fails, and is not completed', async (_name, sizeBytes) => {
    const { error, fake } = await upload({ ...fileOf(1_000), sizeBytes });
    expect(isKlosetError(error, 'integrity')).toBe(true);
    expect(uploadFailureOf(error)?.reason).toBe('size-differs');
    expect(fake.parts).toEqual([]);
  });

  it('names the type only where the extension does not', async () => {
    const { fake } = await upload({ ...fileOf(10, 'no extension'), contentType: 'image/png' });
    expect(fake.created).toEqual({
      mode: 'single_part',
      filename: 'no extension',
      content_type: 'image/png',
    });
  });

  it('cuts a long name but keeps its extension', async () => {
    const { fake } = await upload(fileOf(10, `${'ü'.repeat(1_000)}.png`));
    const name = String(fake.created.filename);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(900);
    expect(name.endsWith('.png')).toBe(true);
  });
});

describe('a refused extension', () => {
  it('is sent under .txt, which the caller is told', async () => {
    const names: string[] = [];
    const { fake, id } = await upload(fileOf(10, 'data.xyz'), { onRenamed: (name) => names.push(name) });
    expect(id).toBe('u-1');
    expect(names).toEqual(['data.xyz.txt']);
    expect(fake.created.filename).toBe('data.xyz.txt');
  });

  it('is sent under .zip when .txt is refused too', async () => {
    const { fake } = await upload(fileOf(10, 'data.xyz'), {}, (uploads, asked, response) => {
      uploads.refusedExtensions = /\.(xyz|txt)$/;
      uploads.answer(asked, response);
    });
    expect(fake.created.filename).toBe('data.xyz.zip');
  });

  it('ends as Notion’s own refusal when nothing is taken', async () => {
    const { error, asked } = await upload(fileOf(10, 'data.xyz'), {}, (uploads, one, response) => {
      uploads.refusedExtensions = /./;
      uploads.answer(one, response);
    });
    expect(apiFailureOf(error)).toMatchObject({ status: 400, code: 'validation_error' });
    expect(asked).toHaveLength(3);
  });

  it('is not assumed for another refusal', async () => {
    const { error, asked } = await upload(fileOf(10), {}, (_uploads, _asked, response) =>
      sendError(response, 403, 'restricted_resource'),
    );
    expect(isKlosetError(error, 'credentials')).toBe(true);
    expect(asked).toHaveLength(1);
  });
});

describe('the limit of the workspace', () => {
  it('is read from users/me', () => {
    const bot = { workspace_limits: { max_file_upload_size_in_bytes: 5_242_880 } };
    expect(uploadLimitOf({ object: 'user', type: 'bot', bot })).toBe(5_242_880);
    expect(uploadLimitOf({ object: 'user', type: 'person' })).toBeUndefined();
  });

  it('stops a larger file before the first request', async () => {
    const { error, asked } = await upload(fileOf(1_001), { maxSizeBytes: 1_000 });
    expect(uploadFailureOf(error)?.reason).toBe('too-large');
    expect(isKlosetError(error, 'incomplete')).toBe(true);
    expect(asked).toHaveLength(0);
  });
});

describe('a part of unknown fate', () => {
  it('is not sent again when it had arrived', async () => {
    const { fake, id } = await upload(fileOf(25 * MiB), {}, (uploads, asked, response) => {
      if (!asked.url.endsWith('/send') || uploads.sends > 0) return uploads.answer(asked, response);
      uploads.sends += 1;
      uploads.take(asked);
      response.destroy();
    });
    expect(id).toBe('u-1');
    expect(fake.parts).toEqual([1, 2, 3]);
  });

  it('is sent again when it had not', async () => {
    let failures = 0;
    const file = fileOf(25 * MiB);
    const { fake, id } = await upload(file, {}, (uploads, asked, response) => {
      failures += asked.url.endsWith('/send') ? 1 : 0;
      if (asked.url.endsWith('/send') && failures === 2) sendError(response, 409, 'conflict_error');
      else uploads.answer(asked, response);
    });
    expect(id).toBe('u-1');
    expect(fake.parts).toEqual([1, 2, 3]);
    expect(createHash('sha256').update(Buffer.concat(fake.bodies)).digest('hex')).toBe(await digestOf(file));
  });

  it('ends the upload when it never arrives', async () => {
    const { error } = await upload(fileOf(10), {}, (uploads, asked, response) =>
      asked.url.endsWith('/send')
        ? sendError(response, 503, 'service_unavailable')
        : uploads.answer(asked, response),
    );
    expect(apiFailureOf(error)?.status).toBe(503);
  });

  it('that completed the upload is seen when the answer is lost', async () => {
    const { id, asked } = await upload(fileOf(25 * MiB), {}, (uploads, one, response) => {
      if (!one.url.endsWith('/complete')) return uploads.answer(one, response);
      uploads.isComplete = true;
      response.destroy();
    });
    expect(id).toBe('u-1');
    expect(asked.filter((one) => one.url.endsWith('/complete'))).toHaveLength(1);
  });
});

describe('the end of an upload', () => {
  it.each(['expired', 'failed'])('is an error when its status is %s', async (status) => {
    const { error } = await upload(fileOf(10), {}, (uploads, asked, response) =>
      asked.url.endsWith('/send')
        ? sendJson(response, 200, { id: 'u-1', status })
        : uploads.answer(asked, response),
    );
    expect(uploadFailureOf(error)?.reason).toBe(status);
  });

  it('is waited for, but not for ever', async () => {
    let looks = 0;
    const pending = (uploads: FakeUploads, asked: Asked, response: ServerResponse, until: number) => {
      looks += asked.method === 'GET' ? 1 : 0;
      const isLate = asked.method === 'GET' || asked.url.endsWith('/send');
      if (isLate && looks < until) sendJson(response, 200, { id: 'u-1', status: 'pending' });
      else if (isLate) sendJson(response, 200, { id: 'u-1', status: 'uploaded' });
      else uploads.answer(asked, response);
    };
    const soon = await upload(fileOf(10), {}, (uploads, asked, response) =>
      pending(uploads, asked, response, 3),
    );
    expect(soon.id).toBe('u-1');
    const never = await upload(fileOf(10), {}, (uploads, asked, response) =>
      pending(uploads, asked, response, Number.POSITIVE_INFINITY),
    );
    expect(uploadFailureOf(never.error)?.reason).toBe('pending');
  });
});
