/** A snapshot of which one file is damaged: the rest is restored, and the result says that damage is the reason. */
import { expect, it } from 'vitest';
import type { SnapshotReader } from '../../../src/document/content.ts';
import { KlosetError } from '../../../src/errors.ts';
import { oddWorkspace } from '../../../src/simulator/sample/odd/odd-workspace.ts';
import { withWorkspace } from './workspace.ts';

/** `snapshot` with media whose bytes fail their authentication. */
function damaged(snapshot: SnapshotReader): SnapshotReader {
  const media = new Set<string>();
  return {
    id: snapshot.id,
    list: (path) => snapshot.list(path),
    walk: (path) => snapshot.walk(path),
    async entry(path) {
      const entry = await snapshot.entry(path);
      if (entry?.type === 'file' && !path.endsWith('.json'))
        for (const chunk of entry.content.chunks) media.add(chunk);
      return entry;
    },
    async *read(content) {
      if (content.chunks.some((chunk) => media.has(chunk)))
        throw new KlosetError('integrity', 'A blob failed its authentication.');
      yield* snapshot.read(content);
    },
  };
}

it('restores all but what names the damaged file, and tells damage from other failures', async () => {
  await withWorkspace({ state: oddWorkspace().state }, async (workspace) => {
    const snapshot = await workspace.snapshot();
    const target = workspace.addTarget();
    const broken = await workspace.restore(snapshot, target, { snapshot: damaged(snapshot) });
    expect(broken.damaged).toBe(true);
    expect(broken.errors.map(({ message }) => message)).toEqual(
      broken.errors.map(() => expect.stringContaining('authentication')),
    );
    expect(broken.errors.length).toBeGreaterThan(0);
    const pages = broken.counts.page ?? 0;
    const mended = await workspace.restore(snapshot, target);
    expect(mended).toMatchObject({ damaged: false, complete: true, errors: [] });
    expect(mended.counts.page).toBeGreaterThanOrEqual(pages);
  });
}, 120_000);
