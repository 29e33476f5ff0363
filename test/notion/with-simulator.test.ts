/** The client, media and uploads against the simulated Notion: its budget, its faults, its clock. */
import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { objectAt, stringAt } from '../../src/document/json.ts';
import { apiFailureOf } from '../../src/notion/api/api.ts';
import type { ConnectOptions, NotionConnection } from '../../src/notion/api/client.ts';
import { connectNotion } from '../../src/notion/api/client.ts';
import { list } from '../../src/notion/api/listing.ts';
import { uploadFile } from '../../src/notion/files/file-upload.ts';
import { downloadMedia } from '../../src/notion/files/media-download.ts';
import { sampleWorkspace } from '../../src/simulator/sample/sample-workspace.ts';
import type { Simulator, SimulatorOptions } from '../../src/simulator/server.ts';
import { startSimulator } from '../../src/simulator/server.ts';

const opened: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function open(
  simulated: SimulatorOptions,
  options: Partial<ConnectOptions> = {},
): Promise<{ simulator: Simulator; notion: NotionConnection }> {
  const simulator = await startSimulator({ state: sampleWorkspace(), ...simulated });
  const { clock, token, url } = simulator;
  const notion = connectNotion({
    token,
    apiUrl: url,
    clock,
    timeoutClock: clock,
    monitor: { report() {} },
    ...options,
  });
  opened.push(simulator.close, () => notion.close());
  return { simulator, notion };
}

/** Sends `count` reads from 16 callers. */
async function readMany(notion: NotionConnection, count: number): Promise<void> {
  let left = count;
  const caller = async () => {
    while (left > 0) {
      left -= 1;
      await notion.request({ method: 'get', path: 'users/me', effect: 'read' });
    }
  };
  await Promise.all(Array.from({ length: 16 }, caller));
}

describe('the budget of a simulated Notion', () => {
  it.each<[string, number, Partial<ConnectOptions>]>([
    ['named by the user', 180, { requestsPerMinute: 180 }],
    ['of the free and Plus plans, learnt', 180, { assumeDocumentedBudget: true }],
  ])(
    '%s, is used to 97 percent without a request sent into a pause',
    async (_name, requestsPerMinute, options) => {
      const { simulator, notion } = await open({ requestsPerMinute, latencyMs: 250 }, options);
      const minutes = 4;
      await readMany(notion, requestsPerMinute * minutes);
      const { admittedPerWindow, admitted } = simulator.budget;
      expect(admitted / requestsPerMinute / admittedPerWindow.length).toBeGreaterThanOrEqual(
        0.97 * (minutes / (minutes + 1)),
      );
      const whole = admittedPerWindow.slice(0, minutes - 1);
      const used = whole.reduce((sum, count) => sum + count, 0) / whole.length / requestsPerMinute;
      expect(used).toBeGreaterThanOrEqual(0.97);
      expect(simulator.log.filter(({ ignoredRetryAfter }) => ignoredRetryAfter)).toEqual([]);
      expect(notion.requestsSpent).toBe(simulator.log.length);
      expect(simulator.bugs).toEqual([]);
    },
  );
});

describe('a faulty Notion', () => {
  const faults = {
    rateLimited: 0.03,
    burstLength: 3,
    overloaded: 0.02,
    serverError: 0.05,
    unavailable: 0.03,
    html: 0.03,
    reset: 0.03,
    hang: 0.01,
    shortPage: 0.2,
    cursorInvalidated: 0.02,
  };

  // Whole crawls through faults, seed after seed: test/torture/crawl-faults.test.ts.
  it('shows a patient reader the same lists as a sound one', async () => {
    const names = async (rates: SimulatorOptions['faults']) => {
      const { notion, simulator } = await open({
        seed: 1,
        ...(rates === undefined ? {} : { faults: rates }),
      });
      const found = new Set<string>();
      const search = { method: 'post', path: 'search', body: {}, effect: 'read' } as const;
      for await (const item of list(notion, search, { pageSize: 10 })) found.add(String(item.id));
      for (const id of found) {
        const children = { method: 'get', path: `blocks/${id}/children`, effect: 'read' } as const;
        try {
          for await (const block of list(notion, children, { pageSize: 20 })) found.add(String(block.id));
        } catch (error) {
          // Data sources are no blocks, and some blocks are unsupported; no other refusal is expected.
          expect([400, 404]).toContain(apiFailureOf(error)?.status);
        }
      }
      expect(simulator.bugs).toEqual([]);
      return { found, struck: simulator.faults.counts.size };
    };
    const sound = await names(undefined);
    const faulty = await names(faults);
    expect(faulty.struck).toBeGreaterThan(5);
    expect([...faulty.found].sort()).toEqual([...sound.found].sort());
  });
});

describe('simulated media', () => {
  it('come whole over refusals, errors and cuts, with fresh addresses, and no token is sent', async () => {
    const { simulator, notion } = await open({
      faults: { media403: 0.2, media500: 0.2, mediaCut: 0.4 },
      seed: 7,
    });
    const { state } = simulator;
    let checked = 0;
    for (const block of state.blocks.values()) {
      const file = objectAt(block.payload, 'file');
      const key = stringAt(file, 'key');
      const stored = key === undefined ? undefined : state.files.get(key);
      if (stored === undefined || stored.size > 8 * 1024 * 1024) continue;
      const freshUrl = () => urlOf(notion, block.id, block.type);
      const url = await freshUrl();
      if (url === undefined) continue;
      const hash = createHash('sha256');
      const media = { url, kind: 'hosted', apiUrl: notion.apiUrl, clock: simulator.clock, freshUrl } as const;
      for await (const bytes of downloadMedia({ ...media, attempts: 20 })) hash.update(bytes);
      expect(hash.digest('hex')).toBe(
        createHash('sha256').update(stored.bytes(0, stored.size)).digest('hex'),
      );
      checked += 1;
    }
    expect(checked).toBeGreaterThan(3);
    expect(simulator.tokenLeaks).toEqual([]);
    expect(simulator.faults.counts.get('mediaCut') ?? 0).toBeGreaterThan(0);
  });

  it('whose address expired come with a fresh one', async () => {
    const { simulator, notion } = await open({});
    const block = [...simulator.state.blocks.values()].find((one) =>
      stringAt(objectAt(one.payload, 'file'), 'key'),
    );
    const id = block?.id ?? '';
    const type = block?.type ?? '';
    const url = (await urlOf(notion, id, type)) ?? '';
    simulator.clock.advance(2 * 3_600_000);
    let sizeBytes = 0;
    let renewed = 0;
    const freshUrl = () => {
      renewed += 1;
      return urlOf(notion, id, type);
    };
    const media = { url, kind: 'hosted', apiUrl: notion.apiUrl, clock: simulator.clock, freshUrl } as const;
    for await (const bytes of downloadMedia(media)) sizeBytes += bytes.length;
    const key = stringAt(objectAt(block?.payload, 'file'), 'key') ?? '';
    expect(sizeBytes).toBe(simulator.state.files.get(key)?.size);
    expect(renewed).toBe(1);
  });
});

describe('a simulated upload', () => {
  const bytes = Buffer.alloc(23 * 1024 * 1024, 'abcdefg');
  const open23MiB = async function* () {
    yield bytes;
  };

  it.each([
    ['a sound Notion', {}],
    [
      'a Notion that breaks before and after it writes',
      { reset: 0.15, resetAfterCommit: 0.2, serverErrorAfterCommit: 0.2 },
    ],
  ])('in parts reaches %s whole', async (_name, faults) => {
    const { simulator, notion } = await open({ faults, seed: 5 });
    const file = { filename: 'large.txt', sizeBytes: bytes.length, open: open23MiB };
    const id = await uploadFile(notion, file);
    const upload = simulator.state.fileUploads.get(id);
    expect(upload?.status).toBe('uploaded');
    expect(upload?.contentLength).toBe(bytes.length);
    expect(simulator.bugs).toEqual([]);
  });

  it('of a refused extension arrives under another name', async () => {
    const { simulator, notion } = await open({});
    const names: string[] = [];
    const file = {
      filename: 'model.blend',
      sizeBytes: 7,
      open: async function* () {
        yield bytes.subarray(0, 7);
      },
    };
    const id = await uploadFile(notion, file, { onRenamed: (name) => names.push(name) });
    expect(names).toEqual(['model.blend.txt']);
    expect(simulator.state.fileUploads.get(id)?.filename).toBe('model.blend.txt');
  });
});

async function urlOf(notion: NotionConnection, id: string, type: string): Promise<string | undefined> {
  const block = await notion.request({ method: 'get', path: `blocks/${id}`, effect: 'read' });
  return stringAt(objectAt(objectAt(block, type), 'file'), 'url');
}
