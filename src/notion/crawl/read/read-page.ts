/** Reads one page, or finds out why it need not or cannot be read. */
import { isObject } from '../../../document/json.ts';
import type { Run } from '../state/context.ts';
import { previousOf } from '../state/context.ts';
import { bitOf, listingBits } from '../state/discovery-paths.ts';
import { isFatal } from '../state/end-of-run.ts';
import { stemOfPath } from '../state/names.ts';
import { editedOf, isTrashed } from '../state/notion-object.ts';
import type { ObjectRow } from '../state/objects.ts';
import { parentOf } from '../state/parent.ts';
import { reasonOf, statusOf } from '../state/read-api.ts';
import { isUnchanged, keepListed, loseObject, sightParent } from '../state/record-discovery.ts';
import { loadEntries, saveTallies, writeDocument } from './finish-object.ts';
import { ObjectFiles } from './object-files.ts';
import type { FoundPage } from './page-content.ts';
import { getPage, lookAgain, readContent, saveContent } from './page-content.ts';

/** Reads the page of `row`, or finds that it is unchanged or gone. @throws only what ends the run */
export async function readPage(run: Run, row: ObjectRow): Promise<void> {
  try {
    const found = row.listed === null ? await askPage(run, row) : listedPage(row);
    if (found !== undefined) await readFound(run, row, found);
  } catch (error) {
    if (isFatal(error)) throw error;
    failPage(run, row, reasonOf(error));
  }
}

function listedPage(row: ObjectRow): FoundPage | undefined {
  const page: unknown = JSON.parse(row.listed ?? 'null');
  return isObject(page) ? { page, taken: row.taken } : undefined;
}

/** Asks for a page no listing gave. @returns undefined when that settles it: unchanged, trashed or not visible */
async function askPage(run: Run, row: ObjectRow): Promise<FoundPage | undefined> {
  let found: FoundPage;
  try {
    found = { page: await getPage(run, row.id), taken: run.ask.now() };
  } catch (error) {
    if (!isAbsence(row, error)) throw error;
    losePage(run, row, reasonOf(error));
    return undefined;
  }
  return run.state.transaction(() => (isToBeRead(run, row, found) ? found : undefined));
}

/** 404; and 400 for an id that something only pointed at: it may be no page's. */
function isAbsence(row: ObjectRow, error: unknown): boolean {
  return statusOf(error) === 404 || (statusOf(error) === 400 && (row.ways & listingBits) === 0);
}

function isToBeRead(run: Run, { id }: ObjectRow, { page, taken }: FoundPage): boolean {
  if (isTrashed(page) && !run.trash.isKept) {
    loseObject(run, id, 'trashed');
    return false;
  }
  keepListed(run, id, page, taken);
  sightParent(run, parentOf(page));
  if (!isUnchanged(run, id, page)) return true;
  run.objects.setState(id, 'reused');
  return false;
}

async function readFound(run: Run, row: ObjectRow, found: FoundPage): Promise<void> {
  const { id } = row;
  const files = new ObjectFiles(run, id);
  const content = await readContent(run, row, found, files);
  const edited = editedOf(found.page);
  const now = content.unreadable === undefined ? undefined : await lookAgain(run, id, content.unreadable);
  if (now?.isGone === true && previousOf(run, id) !== undefined) {
    settle(run, () => loseObject(run, id, 'vanished'));
    return;
  }
  if (now?.isGone === false && keepPrevious(run, row, reasonOf(content.unreadable))) return;
  const written = await writeDocument(run, id, 'page.json', { ...content.document }, files, edited);
  const hasMoved = (now?.edited ?? edited) !== edited || (await movedMeanwhile(run, row, edited));
  saveContent(run, content, written, hasMoved && now?.isGone !== true);
}

/** Pages no search shows are not found again by the search that ends the crawl: they are asked for once more right away. */
async function movedMeanwhile(run: Run, row: ObjectRow, edited: string): Promise<boolean> {
  const isSearched = (row.ways & bitOf('search')) !== 0;
  const wasSearched = previousOf(run, row.id) !== undefined && !run.plan.unsearched.has(row.id);
  if (isSearched || wasSearched) return false;
  try {
    return editedOf(await getPage(run, row.id)) !== edited;
  } catch (error) {
    if (isFatal(error)) throw error;
    return false;
  }
}

/**
 * The page is not there. That is an error only when something just showed that it is: what is merely pointed at may
 * lie outside what is shared, and what the previous snapshot holds may have been unshared since.
 */
function losePage(run: Run, { id, ways }: ObjectRow, reason: string): void {
  settle(run, () => {
    loseObject(run, id, 'not-visible');
    if ((ways & listingBits) !== 0) run.state.addError({ owner: id, kind: 'page', what: 'page', id, reason });
  });
}

function failPage(run: Run, row: ObjectRow, reason: string): void {
  const { id } = row;
  run.options.monitor.report({ type: 'warning', message: `page ${id}: ${reason}` });
  if (keepPrevious(run, row, reason)) return;
  settle(run, () => {
    run.objects.setState(id, 'failed');
    run.state.addError({ owner: id, kind: 'page', what: 'page', id, reason });
  });
}

/**
 * Keeps an earlier reading of a page that cannot be read now: this run's, or that of the previous snapshot.
 * @returns false when there is none
 */
function keepPrevious(run: Run, { id }: ObjectRow, reason: string): boolean {
  const { sink } = run.options;
  const isReadBefore = loadEntries(run, id).length > 0 && !hasGaps(run, id);
  const previous = previousOf(run, id);
  const isStored = previous?.files.every((file) => sink.has(file.content)) === true;
  if (!isReadBefore && !isStored) return false;
  settle(run, () => {
    if (isReadBefore) run.objects.setState(id, 'done');
    else takeOver(run, id, stemOfPath(previous?.path ?? ''));
    run.state.prepare('UPDATE objects SET gaps = 1, listed = NULL WHERE id = ?').run(id);
    run.state.clearErrors(id);
    run.state.addError({ owner: id, kind: 'page', what: 'page, kept as it was read before', id, reason });
  });
  return true;
}

/** A reading that was poor itself is not kept against a later one. */
function hasGaps(run: Run, id: string): boolean {
  const row = run.state.prepare<[string], { gaps: number }>('SELECT gaps FROM objects WHERE id = ?').get(id);
  return (row?.gaps ?? 0) > 0;
}

/** Name and place are then those of the copy that is kept. */
function takeOver(run: Run, id: string, stem: string): void {
  run.state
    .prepare(`UPDATE objects SET state = 'reused', stem = ?, parent_type = '', parent_id = '' WHERE id = ?`)
    .run(stem, id);
}

function settle(run: Run, change: () => void): void {
  run.state.transaction(() => {
    change();
    saveTallies(run, new Map());
  });
}
