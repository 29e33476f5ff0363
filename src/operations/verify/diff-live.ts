/** The differences between a snapshot and the workspace as Notion shows it now. */
import type { SnapshotReader } from '../../document/content.ts';
import { isObject, objectAt } from '../../document/json.ts';
import { parseSelection } from '../../document/selection/selection.ts';
import { selectionTextsIn } from '../../document/selection/texts.ts';
import { KlosetError } from '../../errors.ts';
import { apiFailureOf } from '../../notion/api/api.ts';
import type { NotionConnection } from '../../notion/api/client.ts';
import type { Store } from '../../store/open-store.ts';
import { wholeWorkspace } from '../backup/backup-notion.ts';
import { readWorkspace } from '../backup/notion-source.ts';
import type { ObjectDifference, Side } from '../history/diff-snapshots.ts';
import { diffSnapshots } from '../history/diff-snapshots.ts';
import type { JobContext } from '../job-context.ts';
import type { Place } from '../look/open-place.ts';
import { rootsOf, workspaceOf } from '../look/sources.ts';
import { crawlIntoScratch } from './crawl-into-scratch.ts';
import { withScratchSnapshot } from './scratch-snapshot.ts';

export interface LiveDiff {
  readonly store: Store;
  readonly api: NotionConnection;
  /** The earlier side: a directory of a snapshot. */
  readonly before: Place;
}

/** After so many questions where an object went, the rest is called `removed`, which it is in any case. */
const maxQuestions = 200;

/**
 * Gives each difference to `tell`, in the order of the paths. The workspace is read as a backup reads it, on top of the last
 * one, into a temporary folder; nothing is written to the store or to Notion.
 * @throws KlosetError `usage` when the token is of another workspace
 */
export async function diffLive(
  job: JobContext,
  { store, api, before }: LiveDiff,
  tell: (difference: ObjectDifference) => void,
): Promise<void> {
  const { source } = before.snapshot.header;
  const key = workspaceOf(source);
  const workspace = await readWorkspace(api);
  if (key !== `notion:${workspace.id}`)
    throw new KlosetError(
      'usage',
      `The token is of another workspace than snapshot ${before.snapshot.id.slice(0, 8)}.`,
      {
        hint: 'Set NOTION_TOKEN to a token of the workspace that was backed up.',
      },
    );
  const roots = rootsOf(source);
  const previous = await store.previous(source);
  await withScratchSnapshot(async (scratch, folder) => {
    const selection = parseSelection(selectionTextsIn(objectAt(previous?.manifest, 'settings')));
    const settings = { ...wholeWorkspace, api, roots, selection, sourceKey: source, previous };
    await crawlIntoScratch(job, { scratch, folder }, settings);
    const after = { snapshot: scratch, path: await pathNow(scratch, before) };
    const fate = new Fate(api);
    for await (const difference of diffSnapshots(sideOf(before), after)) tell(await fate.of(difference));
  }, before.snapshot);
}

function sideOf({ snapshot, entry }: Place): Side {
  return { snapshot, path: entry.path };
}

/** The path at which the object of the earlier side lies now; its old one when it is not there. */
async function pathNow(live: SnapshotReader, { entry }: Place): Promise<string> {
  if (entry.type !== 'directory' || entry.object === undefined) return entry.path;
  for await (const each of live.walk('/'))
    if (each.type === 'directory' && each.object?.id === entry.object.id) return each.path;
  return entry.path;
}

/** Asks Notion where objects went that it no longer lists. */
class Fate {
  readonly #api: NotionConnection;
  /** Kind and path of the last object that was asked for: what lay below it went with it. */
  #last: { readonly kind: 'removed' | 'trashed'; readonly path: string } | undefined;
  #questions = 0;

  constructor(api: NotionConnection) {
    this.#api = api;
  }

  async of(difference: ObjectDifference): Promise<ObjectDifference> {
    const { kind, path, id, object } = difference;
    if (kind !== 'removed') return difference;
    if (this.#last === undefined || !path.startsWith(`${this.#last.path}/`)) {
      const isTrashed = this.#questions < maxQuestions && (await this.#isTrashed(id, object));
      this.#questions += 1;
      this.#last = { kind: isTrashed ? 'trashed' : 'removed', path };
    }
    return { ...difference, kind: this.#last.kind };
  }

  async #isTrashed(id: string, object: 'page' | 'database'): Promise<boolean> {
    try {
      const now = await this.#api.request({ method: 'get', path: `${object}s/${id}`, effect: 'read' });
      return isObject(now) && now.in_trash === true;
    } catch (error) {
      // Deleted for good, or no longer shared with the connection.
      if (apiFailureOf(error) === undefined) throw error;
      return false;
    }
  }
}
