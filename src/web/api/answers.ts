/** The contents of the pages as JSON, in the form that `--json` of the commands prints. */
import { KlosetError } from '../../errors.ts';
import { diffSnapshots } from '../../operations/history/diff-snapshots.ts';
import { objectJson } from '../../operations/history/object-json.ts';
import type { JobContext } from '../../operations/job-context.ts';
import { sourceJson } from '../../operations/verify/source-json.ts';
import { statusOf } from '../../operations/verify/status.ts';
import type { Catalog } from '../reading/catalog.ts';
import { searchOf } from '../reading/searching.ts';
import type { Ask, Reply } from '../reply.ts';
import { jsonReply } from '../reply.ts';

const maxHits = 200;

/** `search --json`. @throws KlosetError `usage` for a query without words */
export async function searchJson(catalog: Catalog, { query }: Ask): Promise<Reply> {
  const kind = query.get('kind');
  const { total, hits } = await (await searchOf(catalog)).find({
    query: query.get('q') ?? '',
    all: query.get('all') === '1',
    kind: kind === 'page' || kind === 'database' ? kind : undefined,
    limit: maxHits,
  });
  return jsonReply({ total, hits });
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

/** The sources and the state of the store, as `status --json` has them. */
export async function statusJson({ store }: Catalog, job: JobContext): Promise<Reply> {
  const { snapshots, sources, problems, unread, takesTurns, checks } = await statusOf(job, store);
  const known = {
    snapshots,
    problems,
    unread,
    takes_turns: takesTurns,
    last_check: checks.last ?? null,
    damage: checks.damage ?? null,
  };
  return jsonReply({ ...known, sources: sources.map(sourceJson) });
}
