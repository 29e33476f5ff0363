/** The time of a snapshot, from which its views count dates like "past week". */
import type { SnapshotReader } from '../../document/content.ts';
import { stringAt } from '../../document/json.ts';
import { readJson } from './read-document.ts';

const known = new WeakMap<SnapshotReader, Promise<number>>();

/** Milliseconds since 1970 at which the crawl began; NaN when the snapshot does not tell. */
export function snapshotTime(snapshot: SnapshotReader): Promise<number> {
  const time = known.get(snapshot) ?? readTime(snapshot);
  known.set(snapshot, time);
  return time;
}

async function readTime(snapshot: SnapshotReader): Promise<number> {
  const manifest = '/manifest.json';
  if ((await snapshot.entry(manifest)) === undefined) return Number.NaN;
  return Date.parse(stringAt(await readJson(snapshot, manifest), 'started') ?? '');
}
