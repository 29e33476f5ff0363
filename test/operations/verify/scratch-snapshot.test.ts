import { expect, test } from 'vitest';
import { withScratchSnapshot } from '../../../src/operations/verify/scratch-snapshot.ts';
import { modified, notesId, writeSmall } from '../small-snapshot.ts';

test('a scratch snapshot is read like any other: entries, lists, walks, documents', async () => {
  await withScratchSnapshot(async (scratch) => {
    await writeSmall(scratch);
    const walked: string[] = [];
    for await (const { path } of scratch.walk('/')) walked.push(path);
    expect(walked[0]).toBe('/');
    expect(new Set(walked).size).toBe(walked.length);
    for (const path of walked) {
      const above = path.slice(0, path.lastIndexOf('/')) || '/';
      expect(walked.indexOf(above)).toBeLessThanOrEqual(walked.indexOf(path));
      expect(await scratch.entry(path)).toMatchObject({ path });
    }
    const listed: string[] = [];
    for await (const entry of scratch.list('/')) listed.push(entry.path);
    expect(listed).toEqual([...listed].sort());
    const notes = walked.find((path) => path.endsWith(`~${notesId.slice(0, 8)}`));
    expect(await scratch.entry(notes ?? '')).toMatchObject({
      type: 'directory',
      modified,
      object: { id: notesId },
    });
    expect(await scratch.entry('/nothing')).toBeUndefined();
  });
});

test('documents are kept whole, of media only the digest', async () => {
  await withScratchSnapshot(async (scratch) => {
    const bytes = new TextEncoder().encode('{}');
    const document = await scratch.writeDocument(bytes);
    const media = await scratch.writeMedia(
      (async function* () {
        yield Uint8Array.of(1, 2);
        yield Uint8Array.of(3);
      })(),
    );
    expect([document.size, media.size]).toEqual([2, 3]);
    expect(scratch.has(document) && scratch.has(media)).toBe(true);
    expect(scratch.has({ size: 1, chunks: ['00'] })).toBe(false);
    expect(await readAll(scratch.read(document))).toEqual([...bytes]);
    await expect(readAll(scratch.read(media))).rejects.toMatchObject({ code: 'internal' });
  });
});

async function readAll(parts: AsyncIterable<Uint8Array>): Promise<number[]> {
  const bytes: number[] = [];
  for await (const part of parts) bytes.push(...part);
  return bytes;
}
