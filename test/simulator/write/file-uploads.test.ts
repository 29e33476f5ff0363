import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/simulator/workspace/json.ts';
import { database, row } from './database-desk.ts';
import type { Desk } from './desk.ts';
import { at, openDesk, textAt, words } from './desk.ts';
import { send, upload } from './upload-desk.ts';

const nobody = '3f2b1c4d-0000-4000-8000-000000000000';
const mebibyte = 1024 * 1024;
const filled = (bytes: number) => new Uint8Array(bytes).fill(7);

const create = (desk: Desk, body: JsonObject) => desk.ask('POST', 'file_uploads', body);
const image = (id: string) => ({ children: [{ image: { file_upload: { id } } }] });

describe('a single-part upload', () => {
  it('is pending with an hour to live, then uploaded with its length', async () => {
    const desk = openDesk();
    const made = await desk.post('file_uploads', {
      mode: 'single_part',
      filename: 'a.txt',
      content_type: 'text/plain',
    });
    expect(made).toMatchObject({
      object: 'file_upload',
      status: 'pending',
      filename: 'a.txt',
      content_length: null,
    });
    expect(Date.parse(textAt(made, 'expiry_time')) - Date.parse(textAt(made, 'created_time'))).toBe(
      3_600_000,
    );
    expect(textAt(made, 'upload_url')).toMatch(/\/v1\/file_uploads\/.*\/send$/);
    const sent = await send(desk, textAt(made, 'id'), filled(25), { type: 'text/plain' });
    expect(sent.body).toMatchObject({ status: 'uploaded', content_length: 25 });
    expect(at(sent.body, 'upload_url')).toBeUndefined();
  });

  it('may learn its name and type from what is sent', async () => {
    const desk = openDesk();
    const id = textAt(await desk.post('file_uploads', {}), 'id');
    const sent = await send(desk, id, filled(3), { name: 'späť.pdf', type: 'application/pdf' });
    expect(sent.body).toMatchObject({ filename: 'späť.pdf', content_type: 'application/pdf' });
  });

  it('keeps every byte, boundary lookalikes among them', async () => {
    const desk = openDesk();
    const tricky = Buffer.from('\r\n--edg\r\n\r\n--edg--\0\xff\r\n', 'latin1');
    const id = textAt(await desk.post('file_uploads', { filename: 'a.txt' }), 'id');
    await send(desk, id, tricky);
    const file = desk.state.files.get(desk.state.fileUploads.get(id)?.fileKey ?? '');
    expect(Buffer.from(file?.bytes(0, file.size) ?? []).equals(tricky)).toBe(true);
  });

  it('is sent once', async () => {
    const desk = openDesk();
    const id = await upload(desk, 'a.txt');
    expect((await send(desk, id, filled(3))).message).toContain('status `pending`, instead was `uploaded`');
  });

  it('refuses more than 20 MiB, nothing, another type, and what is not a form', async () => {
    const desk = openDesk();
    const id = textAt(await desk.post('file_uploads', { filename: 'a.txt' }), 'id');
    expect([400, 413]).toContain((await send(desk, id, filled(20 * mebibyte + 1))).status);
    expect((await send(desk, id, filled(0))).message).toContain('must not be empty');
    expect((await send(desk, id, filled(1), { type: 'image/png' })).message).toContain('content type');
    expect((await desk.ask('POST', `file_uploads/${id}/send`, {})).message).toContain('multipart/form-data');
    expect((await send(desk, id, filled(1), { part: '2' })).message).toContain('part_number');
  });

  it('refuses more than the workspace allows', async () => {
    const desk = openDesk();
    desk.state.maxFileUploadBytes = 5 * mebibyte;
    const id = textAt(await desk.post('file_uploads', { filename: 'a.txt' }), 'id');
    expect((await send(desk, id, filled(5 * mebibyte + 1))).message).toContain(
      'exceeds the limit of this workspace',
    );
  });
});

describe('creating an upload', () => {
  it.each(['a.exe', 'a.unknown', 'noextension', 'a.dmg'])('refuses the extension of %s', async (filename) => {
    expect((await create(openDesk(), { filename })).message).toBe(
      'Provided `filename` has an extension that is not supported for the File Upload API.',
    );
  });

  it('refuses names of more than 900 bytes', async () => {
    expect((await create(openDesk(), { filename: `${'é'.repeat(449)}.txt` })).message).toContain(
      'filename.length should be ≤ `900`, instead was `902`',
    );
  });

  it('refuses what belongs to another mode', async () => {
    const desk = openDesk();
    expect((await create(desk, { filename: 'a.txt', number_of_parts: 2 })).message).toContain(
      'number_of_parts should be not present',
    );
    expect((await create(desk, { mode: 'multi_part', filename: 'a.txt' })).message).toContain(
      'number_of_parts should be defined',
    );
    expect((await create(desk, { mode: 'multi_part', number_of_parts: 2 })).message).toContain(
      'filename should be defined',
    );
    expect((await create(desk, { mode: 'external_url', filename: 'a.txt' })).message).toContain(
      'external_url should be defined',
    );
    expect(
      (await create(desk, { mode: 'multi_part', filename: 'a.txt', number_of_parts: 1001 })).message,
    ).toContain('number_of_parts should be ≤ `1000`');
    expect(
      (
        await create(desk, {
          mode: 'external_url',
          filename: 'a.txt',
          external_url: 'http://example.com/a.txt',
        })
      ).message,
    ).toContain('public HTTPS');
  });
});

describe('uploads that fail by themselves', () => {
  it('expire before they are used', async () => {
    const desk = openDesk();
    const id = await upload(desk, 'a.png');
    desk.world.faults.rates.uploadExpires = 1;
    expect((await desk.ask('PATCH', `blocks/${desk.page.id}/children`, image(id))).message).toContain(
      'instead was `expired`',
    );
  });

  it('are refused for an extension that was taken before', async () => {
    expect((await create(openDesk({ extensionRefused: 1 }), { filename: 'a.png' })).status).toBe(400);
  });
});

describe('a multi-part upload', () => {
  const begin = async (desk: Desk, parts = 2) =>
    textAt(
      await desk.post('file_uploads', { mode: 'multi_part', filename: 'a.zip', number_of_parts: parts }),
      'id',
    );

  it('is complete when every part is there, in whatever order they came', async () => {
    const desk = openDesk();
    const id = await begin(desk);
    const last = new Uint8Array([1, 2, 3]);
    const half = await send(desk, id, last, { part: '2' });
    expect(half.body).toMatchObject({ status: 'pending', number_of_parts: { total: 2, sent: 1 } });
    expect((await desk.ask('POST', `file_uploads/${id}/complete`)).message).toContain(
      'expects 2 parts, but 1 were sent',
    );
    await send(desk, id, filled(5 * mebibyte), { part: '1' });
    const done = await desk.ask('POST', `file_uploads/${id}/complete`);
    expect(done.body).toMatchObject({ status: 'uploaded', content_length: 5 * mebibyte + 3 });
    const file = desk.state.files.get(desk.state.fileUploads.get(id)?.fileKey ?? '');
    expect([...(file?.bytes(5 * mebibyte - 1, 5 * mebibyte + 3) ?? [])]).toEqual([7, 1, 2, 3]);
  });

  it('refuses parts that are too small unless they are the last, and numbers out of range', async () => {
    const desk = openDesk();
    const id = await begin(desk);
    expect((await send(desk, id, filled(5 * mebibyte - 1), { part: '1' })).message).toContain(
      'at least 5242880 bytes',
    );
    expect((await send(desk, id, filled(1), { part: '3' })).message).toContain('a number from 1 to 2');
    expect((await send(desk, id, filled(1))).message).toContain('a number from 1 to 2');
  });

  it('is the only one that can be completed', async () => {
    const desk = openDesk();
    const id = textAt(await desk.post('file_uploads', { filename: 'a.txt' }), 'id');
    expect((await desk.ask('POST', `file_uploads/${id}/complete`)).message).toContain('mode multi_part');
  });
});

describe('an import from a URL', () => {
  const body = { mode: 'external_url', filename: 'a.pdf', external_url: 'https://example.com/a.pdf' };

  it('is pending at first and uploaded when it is looked at', async () => {
    const desk = openDesk();
    const made = await desk.post('file_uploads', body);
    expect(at(made, 'status')).toBe('pending');
    const later = await desk.get(`file_uploads/${textAt(made, 'id')}`);
    expect([at(later, 'status'), at(later, 'file_import_result', 'type')]).toEqual(['uploaded', 'success']);
  });

  it('may fail, and says so', async () => {
    const desk = openDesk({ importFails: 1 });
    const made = await desk.post('file_uploads', body);
    const later = await desk.get(`file_uploads/${textAt(made, 'id')}`);
    expect([at(later, 'status'), at(later, 'file_import_result', 'type')]).toEqual(['failed', 'error']);
  });
});

describe('attaching an upload', () => {
  it('makes a hosted file of it, with a signed URL that lives an hour', async () => {
    const desk = openDesk();
    const id = await upload(desk, 'a.png');
    const made = await desk.patch(`blocks/${desk.page.id}/children`, image(id));
    const file = at(made, 'results', 0, 'image', 'file');
    expect(textAt(file, 'url')).toContain('X-Amz-Signature=');
    expect(Date.parse(textAt(file, 'expiry_time')) - desk.clock.now()).toBe(3_600_000);
  });

  it('can be done again and again, and never expires afterwards', async () => {
    const desk = openDesk();
    const id = await upload(desk, 'a.png');
    await desk.patch(`blocks/${desk.page.id}/children`, image(id));
    desk.clock.advance(10 * 3_600_000);
    expect(
      (
        await desk.ask('PATCH', `pages/${desk.page.id}`, {
          icon: { file_upload: { id } },
          cover: { file_upload: { id } },
        })
      ).status,
    ).toBe(200);
    expect(at(await desk.get(`file_uploads/${id}`), 'expiry_time')).toBeNull();
  });

  it('is refused an hour after creation', async () => {
    const desk = openDesk();
    const id = await upload(desk, 'a.png');
    desk.clock.advance(3_600_000);
    const reply = await desk.ask('PATCH', `blocks/${desk.page.id}/children`, image(id));
    expect(reply.message).toContain('should be `uploaded`, instead was `expired`');
    expect(
      (await send(desk, textAt(await desk.post('file_uploads', { filename: 'a.txt' }), 'id'), filled(1)))
        .status,
    ).toBe(200);
  });

  it('is refused before anything is sent, and for strangers', async () => {
    const desk = openDesk();
    const id = textAt(await desk.post('file_uploads', { filename: 'a.png' }), 'id');
    expect((await desk.ask('PATCH', `blocks/${desk.page.id}/children`, image(id))).message).toContain(
      'instead was `pending`',
    );
    expect((await desk.ask('PATCH', `blocks/${desk.page.id}/children`, image(nobody))).status).toBe(404);
  });

  it.each(['image', 'video', 'audio', 'pdf'])('is refused as %s when it is something else', async (type) => {
    const desk = openDesk();
    const id = await upload(desk, 'a.txt');
    const reply = await desk.ask('PATCH', `blocks/${desk.page.id}/children`, {
      children: [{ [type]: { file_upload: { id } } }],
    });
    expect(reply.message).toContain(`cannot be used as ${type}`);
  });

  it('gives a file block the name of the upload, or the one it is given', async () => {
    const desk = openDesk();
    const id = await upload(desk, 'a.txt');
    const children = [{ file: { file_upload: { id } } }, { file: { file_upload: { id }, name: 'b.txt' } }];
    const made = await desk.patch(`blocks/${desk.page.id}/children`, { children });
    expect([at(made, 'results', 0, 'file', 'name'), at(made, 'results', 1, 'file', 'name')]).toEqual([
      'a.txt',
      'b.txt',
    ]);
  });

  it('puts files into a property, which takes its own files back and no others', async () => {
    const desk = openDesk();
    const { source } = await database(desk, { Files: { files: {} } });
    const id = await upload(desk, 'a.txt');
    const page = await row(desk, source, {
      Name: { title: words('x') },
      Files: { files: [{ file_upload: { id } }] },
    });
    const hosted = at(page, 'properties', 'Files', 'files', 0) ?? null;
    expect(at(hosted, 'name')).toBe('a.txt');
    const again = await desk.patch(`pages/${textAt(page, 'id')}`, {
      properties: { Files: { files: [hosted, { name: 'b', external: { url: 'https://example.com/b' } }] } },
    });
    expect(at(again, 'properties', 'Files', 'files', 0, 'name')).toBe('a.txt');
    const other = await desk.ask('POST', 'pages', {
      parent: { data_source_id: source },
      properties: { Files: { files: [hosted] } },
    });
    expect(other.message).toContain('is not a file of this property');
  });

  it('changes the source of a media block', async () => {
    const desk = openDesk();
    const made = await desk.patch(`blocks/${desk.page.id}/children`, {
      children: [{ image: { external: { url: 'https://example.com/a.png' } } }],
    });
    const block = textAt(made, 'results', 0, 'id');
    const hosted = await desk.patch(`blocks/${block}`, {
      image: { file_upload: { id: await upload(desk, 'a.png') } },
    });
    expect([at(hosted, 'image', 'type'), at(hosted, 'image', 'external')]).toEqual(['file', undefined]);
    const external = await desk.patch(`blocks/${block}`, {
      image: { external: { url: 'https://example.com/b.png' }, caption: words('c') },
    });
    expect([
      at(external, 'image', 'type'),
      at(external, 'image', 'file'),
      at(external, 'image', 'caption', 0, 'plain_text'),
    ]).toEqual(['external', undefined, 'c']);
  });
});
