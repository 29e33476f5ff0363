/**
 * Fault rates: what may go wrong, and how often. All are off by default. The odd answers at the end befall a share of the
 * ids, always the same ones, unless `oddOnce` says otherwise.
 */

/** Rates are probabilities from 0 to 1 per request, unless said otherwise. */
export interface FaultRates {
  /** 429 with Retry-After, then `burstLength − 1` more for whoever comes next. */
  rateLimited: number;
  burstLength: number;
  /** 429 that says the connection is blocked and must not try again. */
  blocked: number;
  /** 529 with Retry-After. */
  overloaded: number;
  /** 500, 502 and 504 as Notion's JSON, before anything is done. */
  serverError: number;
  /** A proxy's HTML page with 502 or 403 in place of JSON. */
  html: number;
  /** 503 on a write after it was carried out. */
  unavailableAfterCommit: number;
  /** The share of those that name what was committed. */
  namesCommitted: number;
  /** 500, 502 or 504 on a write after it was carried out. */
  serverErrorAfterCommit: number;
  /** 503 before anything is done. */
  unavailable: number;
  /** The connection breaks before anything is done. */
  reset: number;
  /** The connection breaks after the request was carried out. */
  resetAfterCommit: number;
  /** No answer comes, ever. */
  hang: number;
  /** 409 on a write. Two writes at once under one parent get one in any case, see `conflictOnParallelWrites`. */
  conflict: number;
  /** 1 or 0. */
  conflictOnParallelWrites: number;
  /** The share of objects search never shows (chosen by id; directly shared pages are always shown). */
  searchHides: number;
  /** Delay between an object's last edit and its appearance in search, in milliseconds; the edit order lags with it. */
  searchLagMs: number;
  /** A cursor is refused in the middle of a listing. */
  cursorInvalidated: number;
  /** A page of results is cut short though more follow. */
  shortPage: number;
  /** 1: block edits through the API move the page's last_edited_time. 0 by default, as seen. */
  blockEditsBumpPage: number;
  /** The share of blocks that read as a type nobody knows (chosen by id). */
  unknownBlockType: number;
  /** Likewise property types in schemas and values, view types, parents and icons. */
  unknownPropertyType: number;
  unknownViewType: number;
  unknownParentType: number;
  unknownIconType: number;
  /** 1: titles and texts lose what follows the 25th mention in page objects. Documented, not seen. */
  textMentionsCut: number;
  /** 1: listing a synced copy whose original is not shared is a 404; 0: an empty list. */
  syncedCopy404: number;
  /** The share of trashed blocks that are gone when asked for by id (chosen by id). */
  trashedBlock404: number;
  /** The share of child pages whose block children cannot be listed (500). */
  childPageWalkFails: number;
  /** A listed object is trashed by somebody right after the answer. */
  deletedAfterListing: number;
  /** A file upload expires before it is used; an import from a URL fails; an extension is refused. */
  uploadExpires: number;
  importFails: number;
  extensionRefused: number;
  /** Media answers: refused, failed, cut short. */
  media403: number;
  media500: number;
  mediaCut: number;
  /** Media answers that are none: a page of HTML with 200, 202 without a body, 204. */
  mediaHtml: number;
  media202: number;
  media204: number;

  /** 1: an odd answer is given only at the first request for each id; the next one is in order. */
  oddOnce: number;
  /** A block that is only `{object, id}`, in listings and by itself. */
  partialBlock: number;
  /** A hosted file without its URL (by the file's key). */
  fileWithoutUrl: number;
  /** A page, block, data source, database, view or comment of an `object` nobody knows. */
  unknownObject: number;
  /** A listing whose first page is cut and says more follows, and whose next page is empty (by container). */
  listEndsEarly: number;
  /** A listing that is cut and says more follows, without a cursor (by address). */
  cursorMissing: number;
  /** A listing refused with 403, 404 or 400 (by address). */
  listingRefused: number;
  /** An answer whose JSON breaks off in the middle (by address). */
  answerCut: number;
  /** 400 "Block type … is not supported via the API." for a block by its id, and for its children. */
  blockRefused: number;
  /** 400 "View type … is not supported via the API." for a view by its id. */
  viewRefused: number;
  /** 1: lists of views leave out the widgets of dashboards, which GET by id still shows. */
  widgetsUnlisted: number;
  /** Formulas and rollups that read as `unsupported` (by page). */
  computedUnsupported: number;
}

/** No fault at all. */
export const noFaults: FaultRates = {
  rateLimited: 0,
  burstLength: 1,
  blocked: 0,
  overloaded: 0,
  serverError: 0,
  html: 0,
  unavailableAfterCommit: 0,
  namesCommitted: 0.5,
  serverErrorAfterCommit: 0,
  unavailable: 0,
  reset: 0,
  resetAfterCommit: 0,
  hang: 0,
  conflict: 0,
  conflictOnParallelWrites: 1,
  searchHides: 0,
  searchLagMs: 0,
  cursorInvalidated: 0,
  shortPage: 0,
  blockEditsBumpPage: 0,
  unknownBlockType: 0,
  unknownPropertyType: 0,
  unknownViewType: 0,
  unknownParentType: 0,
  unknownIconType: 0,
  textMentionsCut: 0,
  syncedCopy404: 1,
  trashedBlock404: 0,
  childPageWalkFails: 0,
  deletedAfterListing: 0,
  uploadExpires: 0,
  importFails: 0,
  extensionRefused: 0,
  media403: 0,
  media500: 0,
  mediaCut: 0,
  mediaHtml: 0,
  media202: 0,
  media204: 0,
  oddOnce: 0,
  partialBlock: 0,
  fileWithoutUrl: 0,
  unknownObject: 0,
  listEndsEarly: 0,
  cursorMissing: 0,
  listingRefused: 0,
  answerCut: 0,
  blockRefused: 0,
  viewRefused: 0,
  widgetsUnlisted: 0,
  computedUnsupported: 0,
};
