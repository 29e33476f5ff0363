/** One round trip: a simulated workspace is crawled, restored under a page of its own, crawled again and compared. */
import { expect } from 'vitest';
import type { SnapshotReader, WalkedEntry } from '../../src/document/content.ts';
import { compactId } from '../../src/document/notion-id.ts';
import { fidelityOf } from '../../src/notion/restore/journal/fidelity.ts';
import { reopenJournal } from '../../src/notion/restore/journal/journal.ts';
import type { RestoreResult } from '../../src/notion/restore/journal/restore-result.ts';
import { readIdMap, readNotes } from '../../src/notion/restore/journal/restore-result.ts';
import type { Note } from '../../src/notion/restore/journal/tables/notes.ts';
import type { RestorePlan } from '../../src/notion/restore/plan/dry-run.ts';
import { planRestore } from '../../src/notion/restore/plan/dry-run.ts';
import type { Comparison } from '../../src/operations/verify/compare.ts';
import { compareSnapshots } from '../../src/operations/verify/compare.ts';
import { planCopy, verifyRequests } from '../../src/operations/verify/copy-plan.ts';
import { SameIds } from '../../src/operations/verify/same-ids.ts';
import { verifyRestore } from '../../src/operations/verify/verify-restore.ts';
import type { LoggedRequest } from '../../src/simulator/server.ts';
import type { State } from '../../src/simulator/workspace/state.ts';
import type { Refusal } from '../../src/simulator/write/routes.ts';
import { refusalsOf } from '../../src/simulator/write/routes.ts';
import type { MemoryReader } from '../notion/restore/snapshot-reader.ts';
import { withWorkspace } from '../notion/restore/workspace.ts';
import { jobOf } from '../operations/verify/job-of.ts';
import { disagreementsOf } from './fidelity-table.ts';

export interface RoundTrip {
  readonly original: MemoryReader;
  readonly copy: MemoryReader;
  /** Ids of the originals with those of their copies. */
  readonly ids: ReadonlyMap<string, string>;
  readonly plan: RestorePlan;
  readonly result: RestoreResult;
  /** The fidelity of each kind, as the plan gives it, from the restore's own journal. */
  readonly fidelity: RestorePlan['fidelity'];
  /** Everything that the restore says does not come back exactly. */
  readonly notes: readonly Note[];
  /** What the restore sent, in order. */
  readonly requests: readonly LoggedRequest[];
  readonly refusals: readonly Refusal[];
  /** With every finding, not only the first thousand. */
  readonly comparison: Comparison;
  /** What a fast verification found, and the requests it took. */
  readonly fast: { readonly comparison: Comparison; readonly requests: number };
  /** Requests that the plan counts for the fast verification. */
  readonly plannedToVerify: number;
}

/** Backs up and restores `state` once. Comments are included, markers are not. `crawled` is a crawl of it, where there is one. */
export async function roundTrip(state: State, crawled?: MemoryReader): Promise<RoundTrip> {
  let trip: RoundTrip | undefined;
  await withWorkspace({ state }, async (workspace) => {
    const original = crawled ?? (await workspace.snapshot());
    const target = workspace.addTarget();
    const destination = { type: 'page', id: target } as const;
    const plan = await planRestore({ snapshot: original, path: '/', destination, api: workspace.api });
    const from = workspace.simulator.log.length;
    const result = await workspace.restore(original, target);
    const requests = workspace.requests(from);
    const verified = workspace.simulator.log.length;
    const settings = { comments: true, markers: false };
    const fastComparison = await verifyRestore(jobOf(workspace), {
      ...settings,
      api: workspace.api,
      snapshot: original,
      path: '/',
      result,
      isFull: false,
      restoreRequests: requests.length,
    });
    const fast = { comparison: fastComparison, requests: workspace.requests(verified).length };
    const copyPlan = await planCopy({ ...settings, snapshot: original, path: '/', ids: new SameIds() });
    const plannedToVerify = verifyRequests(copyPlan, requests.length, { ...settings, isFull: false });
    const copy = await workspace.snapshot(result.roots.map(({ id }) => compactId(id)));
    const ids = new Map([...readIdMap(result.journalFile)].map(({ old, fresh }) => [old, fresh]));
    const comparison = await compareAll(original, copy, ids);
    const refusals = refusalsOf(state);
    const notes = [...readNotes(result.journalFile)];
    const journal = reopenJournal(result.journalFile);
    const fidelity = fidelityOf(journal);
    journal.close();
    trip = {
      original,
      copy,
      ids,
      plan,
      result,
      notes,
      fidelity,
      requests,
      refusals,
      comparison,
      fast,
      plannedToVerify,
    };
  });
  if (trip === undefined) throw new Error('the round trip did not end');
  return trip;
}

/** Compares with no limit to the findings. */
export function compareAll(
  original: SnapshotReader,
  copy: SnapshotReader,
  ids: ReadonlyMap<string, string>,
  path = '/',
): Promise<Comparison> {
  return compareSnapshots({ original, copy, path, ids, limit: Number.POSITIVE_INFINITY });
}

/** The plan takes what it cannot look up beforehand for found at the first request. */
const planBound = 2;

/** The most requests of a fast verification for each one of the restore. */
const verifyBound = 1.5;

/** Fails unless everything a request can write came back, nothing was refused, and requests were few. */
export function expectFaithful(trip: RoundTrip): void {
  const { comparison, plan, result, requests, refusals } = trip;
  expect(result.errors).toEqual([]);
  expect(result.complete).toBe(true);
  expect(comparison.findings.filter(({ verdict }) => verdict !== 'impossible')).toEqual([]);
  expect(comparison.counts).toMatchObject({ approximated: 0, lost: 0, extra: 0 });
  expect(refusals).toEqual([]);
  // Refused reads are questions about what may be out of sight; writes are never refused, whatever the status.
  expect(requests.filter(({ method, status }) => method !== 'GET' && status !== 200)).toEqual([]);
  expect(requests.filter(({ status }) => status === 400)).toEqual([]);
  expect(requests.length / plan.requestsFloor).toBeLessThanOrEqual(1.15);
  expect(Math.abs(requests.length - plan.requests)).toBeLessThanOrEqual(planBound);
  expectFastVerified(trip);
  expectAgreed(trip);
}

/** What the plan calls exact, the comparison finds exact, and the other way round; and the restore keeps to the plan. */
export function expectAgreed(trip: RoundTrip): void {
  expect(disagreementsOf(trip)).toEqual({ onlyPlanned: [], onlyFound: [] });
  expect(trip.plan.fidelity).toEqual(trip.fidelity);
}

/** A fast verification judges what it reads as a crawl of everything does, and says what it did not read. */
function expectFastVerified({ fast, comparison, requests, plannedToVerify }: RoundTrip): void {
  const { counts, findings, unread_lists: unread = 0 } = fast.comparison;
  expect(findings.filter(({ verdict }) => verdict !== 'impossible')).toEqual([]);
  if (unread === 0) expect(counts).toEqual(comparison.counts);
  else expect(counts.exact).toBeLessThan(comparison.counts.exact);
  expect(counts.exact / comparison.counts.exact).toBeGreaterThan(0.7);
  expect(fast.requests / requests.length).toBeLessThanOrEqual(verifyBound);
  expect(Math.abs(fast.requests - plannedToVerify) / fast.requests).toBeLessThanOrEqual(0.1);
}

/** Directory of the object of a title in the original; of several the one that lies highest. */
export function originalPath({ original }: RoundTrip, title: string): string {
  const depth = (path: string): number => path.split('/').length;
  const paths = original.entries
    .filter((entry) => entry.type === 'directory' && nameOf(entry.path).startsWith(`${title}~`))
    .map(({ path }) => path)
    .sort((a, b) => depth(a) - depth(b));
  if (paths[0] === undefined) throw new Error(`no object ${title}`);
  return paths[0];
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The document of the copy of the only object of a title. */
export function copyPath(trip: RoundTrip, title: string): string {
  return `${copyDirectory(trip, title)}/${kindOf(trip, title)}.json`;
}

/** The directory of the copy of the only object of a title. */
export function copyDirectory(trip: RoundTrip, title: string): string {
  const { object } = originalOf(trip, title);
  const fresh = compactId(trip.ids.get(object?.id ?? '') ?? '');
  return directoryOf(trip.copy, (entry) => entry.object?.id === fresh).path;
}

function kindOf(trip: RoundTrip, title: string): string {
  return originalOf(trip, title).object?.kind ?? '';
}

function originalOf(trip: RoundTrip, title: string): Directory {
  const wanted = originalPath(trip, title);
  return directoryOf(trip.original, ({ path }) => path === wanted);
}

type Directory = WalkedEntry & { type: 'directory' };

function directoryOf(snapshot: MemoryReader, is: (entry: Directory) => boolean): Directory {
  const found = snapshot.entries.find(
    (entry): entry is Directory => entry.type === 'directory' && entry.object !== undefined && is(entry),
  );
  if (found === undefined) throw new Error('no such object');
  return found;
}
