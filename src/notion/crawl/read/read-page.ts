/** Reads one page, or finds out why it need not or cannot be read. */
import { isObject } from '../../../document/json.ts';
import type { CrawlContext } from '../context/crawl-context.ts';
import { holdingsIn, nothingHeld } from '../context/holdings.ts';
import { nameStemOfPath } from '../context/names.ts';
import { editedOf, isTrashed } from '../context/notion-object.ts';
import { reasonOf, statusOf } from '../context/read-api.ts';
import { isUnchanged, keepListed, markAbsent, recordParent } from '../context/record-discovery.ts';
import { isUnsupported } from '../state/crawl-errors.ts';
import { EndOfRun } from '../state/database/end-of-run.ts';
import { bitOf, listingBits } from '../state/discovery-paths.ts';
import type { ObjectRow } from '../state/objects.ts';
import { parentOf } from '../state/parent.ts';
import type { OnlyMediaLeft } from './object-files.ts';
import { ObjectFiles } from './object-files.ts';
import type { FoundPage } from './page-content.ts';
import { checkAbsence, getPage, readContent, saveContent } from './page-content.ts';
import { refreshPage } from './refresh-page.ts';
import { saveChange, writeDocument } from './write-document.ts';

/** Reads the page of `row`, or finds that it is unchanged or gone. @throws only what ends the run */
export async function readPage(
  context: CrawlContext,
  row: ObjectRow,
  onlyMediaLeft?: OnlyMediaLeft,
): Promise<void> {
  if (!context.selected.admit(row.id, { isAsked: row.listedObject !== null })) return;
  try {
    const found = row.listedObject === null ? await askPage(context, row) : listedPage(row);
    if (found !== undefined) await readFound(context, row, found, onlyMediaLeft);
  } catch (error) {
    if (error instanceof EndOfRun) throw error;
    failPage(context, row, reasonOf(error));
  }
}

function listedPage(row: ObjectRow): FoundPage | undefined {
  const page: unknown = JSON.parse(row.listedObject ?? 'null');
  return isObject(page) ? { page, fetchedAt: row.fetchedAt } : undefined;
}

/** Asks for a page no listing gave. @returns undefined when that settles it: unchanged, trashed or not visible */
async function askPage(context: CrawlContext, row: ObjectRow): Promise<FoundPage | undefined> {
  let found: FoundPage;
  try {
    found = { page: await getPage(context, row.id), fetchedAt: context.api.now() };
  } catch (error) {
    if (!isAbsence(row, error)) throw error;
    recordAbsence(context, row, reasonOf(error));
    return undefined;
  }
  return context.state.transaction(() => (isToBeRead(context, row, found) ? found : undefined));
}

/** 404; and 400 for an id that something only pointed at: it may not be a page's. */
function isAbsence(row: ObjectRow, error: unknown): boolean {
  return statusOf(error) === 404 || (statusOf(error) === 400 && (row.discoveredBy & listingBits) === 0);
}

function isToBeRead(context: CrawlContext, { id }: ObjectRow, { page, fetchedAt }: FoundPage): boolean {
  if (isTrashed(page) && !context.trash.isOn) {
    markAbsent(context, id, 'trashed');
    return false;
  }
  keepListed(context, id, page, fetchedAt);
  recordParent(context, parentOf(page));
  if (!context.selected.admit(id, { isAsked: true })) return false;
  if (!isUnchanged(context, id, page) || context.state.objects.get(id)?.refresh === 1) return true;
  context.state.objects.setState(id, 'reused');
  return false;
}

async function readFound(
  context: CrawlContext,
  row: ObjectRow,
  found: FoundPage,
  onlyMediaLeft?: OnlyMediaLeft,
): Promise<void> {
  const { id } = row;
  const files = new ObjectFiles(context, id, onlyMediaLeft);
  if (isUnchanged(context, id, found.page) && (await refreshPage(context, id, found, files))) return;
  const content = await readContent(context, row, found, files);
  const edited = editedOf(found.page);
  const { failure } = content.reading;
  const now = failure === undefined ? undefined : await checkAbsence(context, id, failure);
  if (now?.isGone === true && context.previous.get(id) !== undefined) {
    saveChange(context, () => markAbsent(context, id, 'vanished'));
    return;
  }
  // A list that the API does not support was not in the previous reading either: the rest of the page is worth having.
  const isKept = now?.isGone === false && !isUnsupported(reasonOf(failure));
  if (isKept && keepPrevious(context, row, reasonOf(failure))) return;
  const written = await writeDocument(context, id, 'page.json', { ...content.document }, files, edited);
  const hasChanged = (now?.edited ?? edited) !== edited || (await changedMeanwhile(context, row, edited));
  saveContent(context, content, written, hasChanged && now?.isGone !== true);
}

/** Pages no search shows are not found again by the search that ends the crawl: they are asked for once more right away. */
async function changedMeanwhile(context: CrawlContext, row: ObjectRow, edited: string): Promise<boolean> {
  const isSearched = (row.discoveredBy & bitOf('search')) !== 0;
  const wasSearched = context.previous.get(row.id) !== undefined && !context.plan.unsearched.has(row.id);
  if (isSearched || wasSearched) return false;
  try {
    return editedOf(await getPage(context, row.id)) !== edited;
  } catch (error) {
    if (error instanceof EndOfRun) throw error;
    return false;
  }
}

/**
 * Records that a page is not there. That is an error only when something just showed that it is: what is merely pointed
 * at may lie outside what is shared, and what the previous snapshot holds may have been unshared since.
 */
function recordAbsence(context: CrawlContext, { id, discoveredBy }: ObjectRow, reason: string): void {
  saveChange(context, () => {
    markAbsent(context, id, 'not-visible');
    if ((discoveredBy & listingBits) !== 0)
      context.state.errors.add({ owner: id, kind: 'page', what: 'page', id, reason });
  });
}

function failPage(context: CrawlContext, row: ObjectRow, reason: string): void {
  const { id } = row;
  const isLimit = isUnsupported(reason);
  if (!isLimit) context.options.monitor.report({ type: 'warning', message: `page ${id}: ${reason}` });
  if (keepPrevious(context, row, reason)) return;
  saveChange(context, () => {
    if (isLimit) markAbsent(context, id, 'not-visible');
    else context.state.objects.setState(id, 'failed');
    context.state.errors.add({ owner: isLimit ? '' : id, kind: 'page', what: 'page', id, reason });
  });
}

/**
 * Keeps an earlier reading of a page that cannot be read now: this run's, or that of the previous snapshot.
 * @returns false when there is none
 */
function keepPrevious(context: CrawlContext, { id }: ObjectRow, reason: string): boolean {
  const { objects, entries, errors } = context.state;
  // Do not keep an earlier incomplete reading.
  const isReadBefore = entries.of(id).length > 0 && !objects.hasGaps(id);
  const previous = context.previous.get(id);
  const isStored = previous !== undefined && context.sink.hasAll(previous.files);
  if (!isReadBefore && !isStored) return false;
  saveChange(context, () => {
    if (isReadBefore) objects.setState(id, 'read');
    else {
      objects.takeOver(id, nameStemOfPath(previous?.path ?? ''));
      objects.setHoldings(id, holdingsIn(previous?.files ?? []) ?? nothingHeld);
    }
    if (!isUnsupported(reason)) objects.markIncomplete(id);
    errors.clearErrors(id);
    errors.add({ owner: id, kind: 'page', what: 'page, kept as it was read before', id, reason });
  });
  return true;
}
