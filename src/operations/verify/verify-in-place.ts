/**
 * Verifies a restore in place: reads back what was written (or everything), and compares it with the snapshot. Parts that
 * the snapshot does not hold, and parts added since, are not compared.
 */
import { canonicalBytes } from '../../document/canonical.ts';
import type { SnapshotReader, WalkedEntry } from '../../document/content.ts';
import type { JsonObject } from '../../document/json.ts';
import { arrayAt, stringAt } from '../../document/json.ts';
import { compactId } from '../../document/notion-id.ts';
import { messageOf } from '../../errors.ts';
import { apiFailureOf } from '../../notion/api/api.ts';
import type { NotionConnection } from '../../notion/api/client.ts';
import type { RestorePart } from '../../notion/restore/in-place/in-place-run.ts';
import { apiPath, ask } from '../../notion/restore/in-place/present-state.ts';
import { propertiesOf, touchedBy } from '../../notion/restore/in-place.ts';
import type { RestoreResult } from '../../notion/restore/journal/restore-result.ts';
import { documentPath, readJson } from '../documents/read-document.ts';
import type { JobContext } from '../job-context.ts';
import { comparable } from './comparable-in-place.ts';
import type { Comparison, PlacedFinding } from './compare.ts';
import { compareSnapshots } from './compare.ts';
import { liveDatabase, livePage } from './live-document.ts';
import type { Origins } from './places-in-place.ts';
import { idOf } from './places-in-place.ts';
import { idsOf, SameIds } from './same-ids.ts';
import type { ScratchSnapshot } from './scratch-snapshot.ts';
import { withScratchSnapshot } from './scratch-snapshot.ts';

export interface VerifyInPlaceOptions {
  readonly api: NotionConnection;
  readonly snapshot: SnapshotReader;
  /** The state before, as far as it is known in full. */
  readonly present: SnapshotReader;
  readonly isPresentFull: boolean;
  /** Compact ids of copies that earlier restores created, and that stand for originals. */
  readonly copies: ReadonlySet<string>;
  readonly path: string;
  readonly part: RestorePart;
  readonly result: RestoreResult;
  /** Read back everything, comments included, in place of what was written. */
  readonly isFull: boolean;
  readonly comments: boolean;
}

type Directory = WalkedEntry & { readonly type: 'directory' };

/** Reads back and compares by meaning. Objects that were created again have new ids. */
export async function verifyInPlace(job: JobContext, options: VerifyInPlaceOptions): Promise<Comparison> {
  const ids = idsOf(options.result, new SameIds());
  const originals = new Map<string, string>([...ids].map(([original, copy]) => [copy, original]));
  const properties = new Map(
    propertiesOf(options.result.journalFile).map(({ source, property, copy }) => [
      `${source}/${property}`,
      copy,
    ]),
  );
  const origins: Origins = {
    originalId: (block) => originals.get(idOf(block)) ?? idOf(block),
    isCreated: (id) => options.copies.has(id) || compactId(ids.get(id) ?? id) !== id,
    propertyNow: (source, property) => properties.get(`${source}/${property}`) ?? property,
  };
  const touched = touchedBy(options.result.journalFile);
  const before = options.isPresentFull
    ? await directoriesById(options.present)
    : new Map<string, Directory>();
  const misplaced: PlacedFinding[] = [];
  const unread: JsonObject[] = [];
  return withScratchSnapshot((original) =>
    withScratchSnapshot(async (copy) => {
      for (const scratch of [original, copy])
        await write(scratch, 'workspace.json', await readJson(options.present, '/workspace.json'));
      for await (const entry of options.snapshot.walk(options.path)) {
        if (entry.type !== 'directory' || entry.object === undefined) continue;
        if (options.part.block !== undefined && entry.path !== options.path) continue;
        const { id, kind } = entry.object;
        if (options.part.properties !== undefined && kind === 'database') continue;
        const was = await readJson(options.snapshot, documentPath(entry));
        const isNeeded = options.isFull || touched.has(compactId(id)) || !before.has(compactId(id));
        const copyId = compactId(ids.get(compactId(id)) ?? id);
        const needed = { id: copyId, was, before: before.get(compactId(id)), isNeeded, kind };
        const now = await presentDocument(job, options, needed).catch((error: unknown) => {
          // One object that cannot be read back is unknown; a token that is not valid any more ends it all.
          const status = apiFailureOf(error)?.status;
          if (status === undefined || status === 401) throw error;
          unread.push({ kind, what: kind, id: copyId, reason: messageOf(error) });
          return undefined;
        });
        const pair = comparable(was, now, options, ids, origins);
        misplaced.push(...pair.misplaced.map((finding) => ({ path: entry.path, ...finding })));
        await writeObject(original, { ...entry.object }, pair.was);
        if (pair.now !== undefined) await writeObject(copy, { ...entry.object, id: copyId }, pair.now);
      }
      if (unread.length > 0) await write(copy, 'manifest.json', { errors: { list: unread } });
      const comparison = await compareSnapshots({ original, copy, path: '/', ids, keptIds: true });
      return withPositions(comparison, misplaced);
    }),
  );
}

interface Needed {
  readonly id: string;
  readonly kind: 'page' | 'database';
  readonly was: JsonObject;
  readonly before: Directory | undefined;
  readonly isNeeded: boolean;
}

/** The document now; undefined when the object is not there, or lies in the trash. */
async function presentDocument(
  job: JobContext,
  { api, present, isFull, comments }: VerifyInPlaceOptions,
  { id, kind, was, before, isNeeded }: Needed,
): Promise<JsonObject | undefined> {
  const known = before === undefined ? undefined : await readJson(present, documentPath(before));
  if (known !== undefined && !isNeeded) return known;
  const object = await ask(api, apiPath({ kind, id: compactId(id) }));
  if (object === undefined || object.in_trash === true) return undefined;
  const live = { api, known: known === undefined ? [was] : [was, known], comments: isFull && comments };
  if (kind === 'page') return livePage(job, id, live);
  const sources = arrayAt(was, 'data_sources').map((source) => stringAt(source, 'id') ?? '');
  return liveDatabase(job, id, sources, live);
}

async function directoriesById(snapshot: SnapshotReader): Promise<Map<string, Directory>> {
  const found = new Map<string, Directory>();
  for await (const entry of snapshot.walk('/'))
    if (entry.type === 'directory' && entry.object !== undefined) found.set(entry.object.id, entry);
  return found;
}

async function writeObject(
  scratch: ScratchSnapshot,
  object: { readonly id: string; readonly kind: 'page' | 'database'; readonly edited: string },
  document: JsonObject,
): Promise<void> {
  const id = compactId(object.id);
  scratch.step({ type: 'enter', name: id, modified: '', object: { ...object, id } });
  await write(scratch, object.kind === 'page' ? 'page.json' : 'database.json', document);
  scratch.step({ type: 'leave' });
}

async function write(scratch: ScratchSnapshot, name: string, document: JsonObject): Promise<void> {
  const content = await scratch.writeDocument(canonicalBytes(document));
  scratch.step({ type: 'file', name, modified: '', content });
}

function withPositions(comparison: Comparison, misplaced: readonly PlacedFinding[]): Comparison {
  const { counts, findings } = comparison;
  return {
    ...comparison,
    counts: { ...counts, approximated: counts.approximated + misplaced.length },
    findings: [...findings, ...misplaced],
  };
}
