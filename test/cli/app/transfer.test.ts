/** Bytes that move to and from a store on another machine: counted by its backend, shown on a terminal, silent in a pipe. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { backendAt } from '../../../src/backend/location/at-location.ts';
import type { ProgressForm } from '../../../src/cli/app/progress.ts';
import { createProgress, textOf } from '../../../src/cli/app/progress.ts';
import { Transfer } from '../../../src/cli/app/transfer.ts';
import type { MonitorEvent } from '../../../src/monitor.ts';
import { FakeS3, fakeKey } from '../../backend/fake-s3.ts';
import { fakeIo } from '../fake-io.ts';

let nowMs: number;
let events: MonitorEvent[];
let transfer: Transfer;

beforeEach(() => {
  nowMs = 0;
  events = [];
  transfer = new Transfer({ now: () => nowMs }, () => ({ report: (event) => void events.push(event) }));
});

const MiB = 1024 ** 2;

test('a report comes at most once a second, with the rate of the last ten', () => {
  transfer.sent(MiB);
  expect(events).toEqual([]);
  for (let second = 1; second <= 20; second += 1) {
    nowMs = second * 1000;
    transfer.sent(second <= 10 ? MiB : 3 * MiB);
    transfer.received(10);
  }
  expect(events).toHaveLength(20);
  expect(events.at(-1)).toEqual({
    type: 'transfer',
    sentBytes: 41 * MiB,
    receivedBytes: 190,
    sentPerSecond: 3 * MiB,
    receivedPerSecond: 10,
  });
});

test('only a direction in which something moved is shown', () => {
  const moved = { sentPerSecond: 2 * MiB, receivedPerSecond: 0, receivedBytes: 0 };
  expect(textOf({ type: 'transfer', sentBytes: 3 * MiB, ...moved }, 0)).toMatch(/^↑ 3\.0 MiB, 2\.0 MiB\/s$/);
  expect(textOf({ type: 'transfer', sentBytes: 0, ...moved }, 0)).toBe('');
});

describe('each form', () => {
  const shown = (form: ProgressForm): string => {
    const io = fakeIo({});
    const progress = createProgress(io, form);
    progress.report({
      type: 'transfer',
      sentBytes: 5,
      receivedBytes: 0,
      sentPerSecond: 1,
      receivedPerSecond: 0,
    });
    progress.report({ type: 'phase', phase: 'listing' });
    progress.stop();
    return io.err();
  };

  test.each([
    ['auto', ''],
    ['none', ''],
    ['lines', 'listing  ↑ 5 B, 1 B/s\n'],
  ] as const)('%s in a pipe', (form, text) => {
    expect(shown(form)).toBe(text);
  });

  test('json has it as an event', () => {
    const [first = ''] = shown('json').split('\n');
    expect(JSON.parse(first)).toMatchObject({
      type: 'transfer',
      sent_bytes: 5,
      received_bytes: 0,
      sent_per_second: 1,
      received_per_second: 0,
    });
  });
});

describe('a bucket', () => {
  let server: FakeS3;
  beforeEach(async () => {
    server = await new FakeS3().start();
  });
  afterEach(() => server.stop());

  test.each([undefined, 10 * MiB])(
    'counts every byte of its objects, also at a limit of %s',
    async (limit) => {
      const moved = { sent: 0, received: 0 };
      const backend = await backendAt(`${server.address}/store`, {
        s3: { keys: { accessKeyId: fakeKey, secretAccessKey: 'secret' } },
        ...(limit === undefined ? {} : { limits: { uploadBytes: limit, downloadBytes: limit } }),
        traffic: {
          sent: (bytes) => {
            moved.sent += bytes;
          },
          received: (bytes) => {
            moved.received += bytes;
          },
        },
      });
      await backend.create('packs/ab/one', new Uint8Array(100_000));
      await backend.create('packs/ab/two', new Uint8Array(1000));
      expect(moved.sent).toBe(101_000);
      const list = moved.received;
      await backend.read('packs/ab/one', { offset: 10, length: 5000 });
      expect(moved.received - list).toBe(5000);
    },
  );
});
