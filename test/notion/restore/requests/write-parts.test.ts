/** Properties, icon and cover of which Notion refuses some: the others are written, and each loss is told once. */
import { expect, it } from 'vitest';
import { openDatabase } from '../../../../src/database.ts';
import type { JsonObject } from '../../../../src/document/json.ts';
import { arrayAt, objectAt } from '../../../../src/document/json.ts';
import { compactId } from '../../../../src/document/notion-id.ts';
import { KlosetError } from '../../../../src/errors.ts';
import type { ApiRequest, NotionApi } from '../../../../src/notion/api/api.ts';
import { Journal } from '../../../../src/notion/restore/journal/journal.ts';
import { Writer } from '../../../../src/notion/restore/journal/journaled-write.ts';
import { noteRefused } from '../../../../src/notion/restore/pages/refused-parts.ts';
import { writeParts } from '../../../../src/notion/restore/requests/write-parts.ts';

const uploads = { bytesSent: 0, fill: async () => {}, markAttached: () => {}, discard: () => {} };

/** Writes `body` to an API that refuses what has `bad` in it; gives what was set, what was told, and the requests. */
async function write(body: JsonObject, message: (request: ApiRequest) => string = () => 'It is bad.') {
  const set: { [name: string]: unknown } = {};
  const sent: ApiRequest[] = [];
  const api: NotionApi = {
    clock: { now: () => 0, sleep: async () => {} },
    requestsSpent: 0,
    sendFilePart: async () => ({}),
    request: async (request) => {
      sent.push(request);
      if (JSON.stringify(request.body).includes('bad')) throw refusal(message(request));
      const { properties, ...fields } = request.body ?? {};
      Object.assign(set, properties, fields);
      return {};
    },
  };
  const journal = new Journal(openDatabase(':memory:'));
  const told: string[] = [];
  const page = { icon: { type: 'external' }, cover: { type: 'external' } };
  await writeParts(
    { writer: new Writer(api, journal, undefined), uploads },
    {
      key: 'parts',
      path: 'pages/p',
      body,
      files: [],
      directory: '/',
      onRefused: (part, reason) =>
        noteRefused(
          { note: (outcome, kind, id, why) => told.push(`${outcome} ${kind} ${id}: ${why}`) },
          { id: compactId('p') },
          page,
          part,
          reason,
        ),
    },
  );
  return { set, told, sent };
}

function refusal(message: string): KlosetError {
  const cause = { type: 'api-failure', status: 400, code: 'validation_error', message, additionalData: null };
  return new KlosetError('internal', message, { cause });
}

const number = (value: number | string) => ({ number: value });
const external = (url: string) => ({ name: url, type: 'external', external: { url } });

it('writes every property but the one that is refused, in few requests when the refusal names it', async () => {
  const properties = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [`P${index}`, number(index === 17 ? 'bad' : index)]),
  );
  const named = await write({ properties }, () => 'body.properties.P17.number should be a number');
  expect(Object.keys(named.set)).toHaveLength(39);
  expect(named.told).toEqual([expect.stringMatching(/^lost value number p\/P17: P17: Notion refused it/)]);
  // P1 is a part of the name P17: it is sent by itself.
  expect(named.sent.length).toBeLessThanOrEqual(5);
  const unnamed = await write({ properties });
  expect(Object.keys(unnamed.set)).toHaveLength(39);
  expect(unnamed.told).toHaveLength(1);
  expect(unnamed.sent.length).toBeLessThanOrEqual(14);
});

it('writes the values when icon and cover are refused, and tells their addresses', async () => {
  const icon = { type: 'external', external: { url: 'https://bad.example/i.png' } };
  const cover = { type: 'external', external: { url: 'https://bad.example/c.png' } };
  const { set, told } = await write({ properties: { A: number(1), B: number(2) }, icon, cover });
  expect(set).toEqual({ A: number(1), B: number(2) });
  expect(told.sort()).toEqual([
    expect.stringMatching(/^lost cover external p: .*https:\/\/bad\.example\/c\.png$/),
    expect.stringMatching(/^lost icon external p: .*https:\/\/bad\.example\/i\.png$/),
  ]);
});

it('keeps the other files of a property of which one is refused, named or not', async () => {
  const upload = { name: 'a', type: 'file_upload', file_upload: { id: 'u' } };
  const [good, bad] = [external('https://good.example/1'), external('https://bad.example/2')];
  const body = { properties: { Files: { files: [upload, good, bad] } } };
  const named = await write(body, ({ body: refused }) => {
    const files = arrayAt(objectAt(objectAt(refused, 'properties'), 'Files'), 'files');
    const index = files.findIndex((file) => JSON.stringify(file).includes('bad'));
    return `body.properties.Files.files[${index}].external.url is not valid.`;
  });
  expect(named.set).toEqual({ Files: { files: [upload, good] } });
  expect(named.told).toEqual([expect.stringContaining('https://bad.example/2')]);
  const unnamed = await write(body);
  expect(unnamed.set).toEqual({ Files: { files: [upload] } });
  expect(unnamed.told).toEqual([expect.stringMatching(/good\.example\/1 https:\/\/bad\.example\/2$/)]);
});
