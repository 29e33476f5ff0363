import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BlobIndex } from '../../src/store/cache/blob-index.ts';
import { openCacheDatabase } from '../../src/store/cache/cache-database.ts';
import { testId } from '../store/context.ts';
import { temporaryFolder } from '../store/fixture.ts';

const idOf = (text: string) => testId(createHash('sha256').update(text).digest('hex'));

/** Seconds of processor time of this process: what others do on the machine must not count. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

describe('an index of a million blobs', () => {
  it('opens in a second and answers a hundred thousand look-ups a second in 300 MB', {
    timeout: 600_000,
  }, () => {
    const path = join(temporaryFolder(), 'index.sqlite');
    const database = openCacheDatabase(path);
    const building = new BlobIndex(database);
    for (let pack = 0; pack < 500; pack++) {
      const blobs = Array.from({ length: 2000 }, (_, at) => ({
        id: idOf(`${pack}/${at}`),
        type: 'document' as const,
        offset: at * 8000,
        sealedBytes: 8000,
        plainBytes: 16_000,
      }));
      building.add(idOf(`delta ${pack}`), [{ id: idOf(`pack ${pack}`), sizeBytes: 16_100_000, blobs }]);
    }
    database.close();
    const ids = Array.from({ length: 200_000 }, (_, at) =>
      idOf(`${(at * 7919) % 500}/${(at * 104_729) % 2000}`),
    );

    const openedAt = cpuSeconds();
    const opened = openCacheDatabase(path);
    const index = new BlobIndex(opened);
    expect(index.find(idOf('0/0'))).toBeDefined();
    expect(cpuSeconds() - openedAt).toBeLessThan(1);

    const startedAt = cpuSeconds();
    for (const id of ids) if (index.find(id) === undefined) throw new Error(`lost ${id}`);
    expect(ids.length / (cpuSeconds() - startedAt)).toBeGreaterThan(100_000);
    expect(process.memoryUsage().rss).toBeLessThan(300_000_000);
    opened.close();
  });
});
