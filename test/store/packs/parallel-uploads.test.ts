import { expect, test } from 'vitest';
import { MemoryBackend } from '../../../src/backend/memory.ts';
import { withStoreWriter } from '../../../src/store/open-store.ts';
import { details, fileEntry, TestStore } from '../fixture.ts';

/** Keeps each packfile waiting for a while, and counts those that wait at once. */
class SlowBackend extends MemoryBackend {
  waiting = 0;
  maxWaiting = 0;

  override async create(name: string, bytes: AsyncIterable<Uint8Array> | Uint8Array): Promise<void> {
    const isPack = name.startsWith('packs/');
    if (isPack) {
      this.waiting += 1;
      this.maxWaiting = Math.max(this.maxWaiting, this.waiting);
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
      this.waiting -= 1;
    }
    await super.create(name, bytes);
  }
}

test.each([
  [undefined, 2],
  [1, 1],
  [4, 4],
])(
  'with --parallel %s at most %i packfiles are uploaded at once, and so many are',
  async (maxUploads, expected) => {
    const backend = new SlowBackend();
    const machine = await new TestStore(backend).create();
    const options = { ...(await machine.openOptions()), packBytes: 2000 };
    const parallel = maxUploads === undefined ? {} : { maxUploads };
    await withStoreWriter({ ...options, ...parallel }, async (store) => {
      const writer = await store.beginSnapshot();
      for (let count = 0; count < 40; count++) {
        const bytes = Buffer.from(
          Array.from({ length: 3000 }, (_, index) => (index * 7919 + count * 104729) % 251),
        );
        const content = await writer.writeDocument(bytes);
        await writer.step(fileEntry(`file-${count}`, content));
      }
      await writer.commit(details);
    });
    expect(backend.maxWaiting).toBe(expected);
  },
);
