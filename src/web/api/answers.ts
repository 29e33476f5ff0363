/** The contents of the pages as JSON, in the form that `--json` of the commands prints. */
import { KlosetError } from '../../errors.ts';
import { historyOf } from '../../operations/history/dated-snapshots.ts';
import { diffSnapshots } from '../../operations/history/diff-snapshots.ts';
import { objectJson } from '../../operations/history/object-json.ts';
import { versionsOf } from '../../operations/history/versions.ts';
import type { JobContext } from '../../operations/job-context.ts';
import { listPlace, titledEntries } from '../../operations/look/list-place.ts';
import { entryJson } from '../../operations/look/listed-entry.ts';
import { placeIn } from '../../operations/look/open-place.ts';
import { statusOf } from '../../operations/status/status.ts';
import { sourceJson, storeJson } from '../../operations/status/status-json.ts';
import type { Catalog } from '../reading/catalog.ts';
import { searchOf } from '../reading/searching.ts';
import type { Ask, Reply } from '../reply.ts';
import { jsonReply } from '../reply.ts';

const maxHits = 200;

/** `search --json`. @throws KlosetError `usage` for a query without words */
export async function searchJson(catalog: Catalog, { query }: Ask): Promise<Reply> {
  const kind = query.get('kind');
  const { total, searched, hits } = await (await searchOf(catalog)).find({
    query: query.get('q') ?? '',
    all: query.get('all') === '1',
    kind: kind === 'page' || kind === 'database' ? kind : undefined,
    limit: maxHits,
  });
  return jsonReply({ total, searched, hits });
}

/** `diff --json BEFORE AFTER`. @throws KlosetError `usage`, `not-found` */
export async function changesJson(catalog: Catalog, { query }: Ask): Promise<Reply> {
  const words = ['before', 'after'].map((name) => query.get(name) ?? '');
  if (words.includes(''))
    throw new KlosetError('usage', 'Give the ids of two snapshots: before=ID&after=ID.');
  const [before, after] = [await catalog.open(words[0] ?? ''), await catalog.open(words[1] ?? '')];
  const objects: object[] = [];
  const side = ({ reader }: typeof before) => ({ snapshot: reader, path: '/' });
  for await (const difference of diffSnapshots(side(before), side(after)))
    objects.push(objectJson(difference));
  return jsonReply({ before: before.id, after: after.id, objects });
}

/** `ls --json SNAPSHOT:PATH`; of the newest backup and its root where nothing is said. @throws KlosetError `not-found`, `integrity` */
export async function entriesJson(catalog: Catalog, { query }: Ask): Promise<Reply> {
  const { reader } = await catalog.open(query.get('s') ?? 'latest');
  const place = await placeIn(reader, query.get('path') ?? '/');
  const entries = await titledEntries(place, await listPlace(place, { depth: 1 }));
  return jsonReply({ snapshot: reader.id, path: place.entry.path, entries: entries.map(entryJson) });
}

/** `log --json` of the object with the id `o`, as the snapshot `s` has it. @throws KlosetError `not-found`, `usage`, `integrity` */
export async function versionsJson(catalog: Catalog, { query }: Ask): Promise<Reply> {
  const { reader, object } = await opened(catalog, query);
  const { id, snapshots } = await historyOf(catalog.store, await placeIn(reader, object.path));
  const versions: object[] = [];
  for await (const { version } of versionsOf(snapshots, id)) versions.push(objectJson(version));
  return jsonReply({ id, versions });
}

async function opened(catalog: Catalog, query: URLSearchParams) {
  const snapshot = await catalog.open(query.get('s') ?? 'latest');
  return { reader: snapshot.reader, object: await snapshot.object(query.get('o') ?? '') };
}

/** The sources and the state of the store, as `status --json` has them. */
export async function statusJson({ store }: Catalog, job: JobContext): Promise<Reply> {
  const status = await statusOf(job, store);
  return jsonReply({ ...storeJson(status), sources: status.sources.map(sourceJson) });
}
