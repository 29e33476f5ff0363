/** Planning and ordering many objects: time grows with their number, and memory does not hold them. */
import { expect, it } from 'vitest';
import type { TreeStep } from '../../../src/document/content.ts';
import type { JsonObject } from '../../../src/document/json.ts';
import { planRestore } from '../../../src/notion/restore/plan/dry-run.ts';
import { run } from './known-target.ts';
import { MemoryReader } from './snapshot-reader.ts';

const hex = (number: number) => number.toString(16).padStart(32, '0');

function page(index: number, count: number): JsonObject {
  const mention = hex((index * 7 + 1) % count);
  return {
    kind: 'page',
    format: 1,
    page: {
      object: 'page',
      id: hex(index),
      properties: { title: { id: 'title', type: 'title', title: [run(`Page ${index}`)] } },
    },
    blocks: [
      {
        object: 'block',
        id: hex(1_000_000 + index),
        type: 'paragraph',
        paragraph: {
          rich_text: [{ type: 'mention', mention: { type: 'page', page: { id: mention } }, plain_text: 'x' }],
        },
      },
    ],
    comments: [],
  };
}

function snapshotOf(count: number): MemoryReader {
  const documents = new Map<string, Uint8Array>();
  const steps: TreeStep[] = [];
  for (let index = 0; index < count; index += 1) {
    const id = hex(index);
    documents.set(id, new TextEncoder().encode(JSON.stringify(page(index, count))));
    steps.push({ type: 'enter', name: `p${index}`, modified: '', object: { id, kind: 'page', edited: '' } });
    steps.push(
      { type: 'file', name: 'page.json', modified: '', content: { size: 1, chunks: [id] } },
      { type: 'leave' },
    );
  }
  return new MemoryReader(steps, async function* (content) {
    yield documents.get(content.chunks[0] ?? '') ?? new Uint8Array();
  });
}

/** Processor time of a plan of so many pages, in milliseconds: a clock would count what else runs. */
async function msFor(count: number): Promise<number> {
  const snapshot = snapshotOf(count);
  const before = process.cpuUsage();
  const plan = await planRestore({ snapshot, path: '/', destination: { type: 'workspace' } });
  expect(plan.errors).toEqual([]);
  // One request for each page and one more for each circle of mentions: no order does with fewer.
  expect(plan.requests).toBeLessThanOrEqual(plan.requestsFloor);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

it('planning three times as many pages takes less than nine times as long', async () => {
  await msFor(100);
  const [few, many] = [await msFor(400), await msFor(1_200)];
  expect(many / few).toBeLessThan(9);
});
