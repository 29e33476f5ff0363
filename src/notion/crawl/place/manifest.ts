/** Creates `/manifest.json`: the objects found and how, those left out, what Notion does not show, and the requests spent. */
import type { Json, JsonObject } from '../../../document/json.ts';
import { objectAt, stringAt } from '../../../document/json.ts';
import { notionVersion } from '../../api/api.ts';
import type { CrawlContext } from '../context/crawl-context.ts';
import type { CrawlSummary } from '../context/crawl-options.ts';
import { settingsOf } from '../context/plan.ts';
import { saveTallies } from '../read/write-document.ts';
import type { TitledError } from '../state/crawl-errors.ts';
import type { DiscoveryPath } from '../state/discovery-paths.ts';
import { bitOf, namePaths } from '../state/discovery-paths.ts';

/** Longer lists end here; their counts are complete. */
const maxListed = 10_000;

/** Whole numbers of what the snapshot holds. To be called once everything is placed. */
export function summarize(context: CrawlContext, extra: { media: number; emojis: number }): CrawlSummary {
  const { census, counters, errors, users } = context.state;
  const counts = census.counts();
  return {
    pages: counts.pages,
    databases: counts.databases,
    rows: counts.rows,
    templates: counts.templates,
    data_sources: counts.dataSources,
    views: counts.views,
    users: users.count(),
    custom_emojis: extra.emojis,
    media: extra.media,
    blocks: counters.get('blocks'),
    comments: counters.get('comments'),
    reused: counts.reused,
    errors: errors.count(),
    torn: counts.changedWhileRead,
  };
}

/** Creates the manifest of a finished crawl. Lists are bounded; numbers are not. */
export function createManifest(
  context: CrawlContext,
  summary: CrawlSummary,
  isComplete: boolean,
): JsonObject {
  const { options, plan, state, api, startedMs } = context;
  const { counters } = state;
  saveTallies(context, new Map());
  const requests = counters.group('requests');
  return {
    format: 1,
    kind: 'manifest',
    notion_version: notionVersion,
    started: new Date(startedMs).toISOString(),
    ended: new Date(api.now()).toISOString(),
    run: plan.runNumber,
    resumed: state.isResumed,
    complete: isComplete,
    settings: settingsOf(options),
    counts: { ...summary },
    newest_edit: newestEdit(context),
    listing: listing(context),
    discovery: discovery(context),
    ...notInSearch(context),
    reused: summary.reused,
    skipped: { absent: absent(context), linked_databases: linked(context) },
    errors: errors(context),
    torn: state.census.pagesToReread('changed-while-read', maxListed),
    reread: reread(context),
    guests: state.progress.guests.slice(0, maxListed),
    comments: commentSweep(context),
    blind_spots: blindSpots(context),
    unknown_types: counters.group('unknown'),
    unsupported_blocks: counters.group('unsupported'),
    synced_copies_out_of_reach: counters.get('synced_out_of_reach'),
    media: { fetched: counters.get('media_fetched'), bytes_fetched: counters.get('media_bytes') },
    requests: { by_endpoint: requests, total: Object.values(requests).reduce((sum, n) => sum + n, 0) },
  };
}

/** Notion's own clock, as far as its objects tell it: the next run lists from here, whatever this machine's clock says. */
function newestEdit({ state }: CrawlContext): string | null {
  return state.census.newestEdit() ?? null;
}

function listing({ listing: { sinceMs }, plan }: CrawlContext): JsonObject {
  return {
    depth: sinceMs === null ? 'full' : 'since',
    since: sinceMs === null ? null : new Date(sinceMs).toISOString(),
    runs_since_full: sinceMs === null ? 0 : plan.runsSinceFullListing,
  };
}

/** The number of objects that each set of paths led to: it shows what one path finds and another misses. */
function discovery({ state }: CrawlContext): JsonObject {
  const result: JsonObject = {};
  for (const { kind, discoveredBy, n } of state.census.byDiscovery()) {
    const ofKind = objectAt(result, kind) ?? {};
    ofKind[namePaths(discoveredBy)] = n;
    result[kind] = ofKind;
  }
  return result;
}

/**
 * Pages that neither search nor a query shows, templates aside: a run that does not list in full asks for each. Such
 * a run carries the list on, and adds what it found new.
 */
function notInSearch(context: CrawlContext): JsonObject {
  const {
    listing: { isFull },
    plan,
    state,
  } = context;
  const known: DiscoveryPath[] = isFull ? ['search', 'query'] : ['search', 'query', 'previous'];
  const found = state.census.pagesNotFoundBy(known, maxListed + 1);
  const carried = isFull ? [] : [...plan.unsearched].filter((id) => isStillHidden(context, id));
  const all = [...new Set([...found, ...carried])].sort();
  // More than fit: the next run cannot tell which to ask for, so it lists everything.
  return { not_in_search: all.slice(0, maxListed), relist: all.length > maxListed };
}

function isStillHidden({ state }: CrawlContext, id: string): boolean {
  const row = state.objects.get(id);
  const listed = bitOf('search') | bitOf('query');
  return row !== undefined && row.state !== 'absent' && (row.discoveredBy & listed) === 0;
}

/** The objects that the next run reads again, by reason. */
function reread({ state: { census } }: CrawlContext): JsonObject {
  return {
    hot: census.pagesToReread('recently-edited', maxListed),
    torn: census.pagesToReread('changed-while-read', maxListed),
    gaps: census.pagesToReread('gaps', maxListed),
    databases: census.failedDatabases(maxListed),
  };
}

function absent({ state: { census } }: CrawlContext): JsonObject {
  const counts = census.absentByReason().map(({ reason, n }) => [reason, n]);
  const objects = census.absent(maxListed).map(({ id, kind, reason, discoveredBy }) => ({
    id,
    kind,
    fate: reason,
    found_by: namePaths(discoveredBy),
  }));
  return { counts: Object.fromEntries(counts), objects };
}

function linked({ state }: CrawlContext): Json[] {
  return state.linked.list(maxListed).map(({ id, container, reason }) => ({ id, page: container, reason }));
}

function errors({ state }: CrawlContext): JsonObject {
  return { total: state.errors.count(), list: state.errors.list(maxListed).map(errorJson) };
}

function errorJson({ owner, kind, what, id, reason, title }: TitledError): JsonObject {
  return {
    kind,
    what,
    id,
    reason,
    ...(owner === '' ? {} : { owner }),
    ...(title === null || title === '' ? {} : { title }),
  };
}

/** Parts of objects of which Notion says that its API does not support them, those of objects taken over too. */
function unsupported({ state }: CrawlContext): JsonObject {
  const parts = state.errors.unsupportedParts();
  return { count: parts.length, list: parts.slice(0, maxListed).map(errorJson) };
}

/** The time of the last reading of all comments. Nothing tells of a new comment, so their age is all that is known. */
function commentSweep(context: CrawlContext): JsonObject {
  const { comments, previous } = context.options;
  const isFresh = comments !== 'none' && context.state.objects.count('reused') === 0;
  const before = stringAt(objectAt(previous?.manifest, 'comments'), 'swept') ?? null;
  const swept = isFresh || comments === 'all' ? new Date(context.startedMs).toISOString() : before;
  return { setting: comments, swept: comments === 'none' ? null : swept, blocks_too: comments !== 'pages' };
}

/** Content that Notion refused this connection. Archived rows may be refused for some data sources only. */
function refused({ refused: features, state }: CrawlContext): JsonObject {
  const sources = state.counters.get('archived_rows_not_shown');
  const isPartly = sources > 0 && !features.has('archived rows');
  return {
    ...features.reasons(),
    ...(isPartly ? { 'archived rows': `Notion does not show them for ${sources} data sources` } : {}),
  };
}

/** Content that the API does not show, or did not show this connection. */
function blindSpots(context: CrawlContext): JsonObject {
  const { options, state } = context;
  return {
    always: [
      'resolved comments',
      'permissions, sharing and guests who are named nowhere',
      'page history and analytics',
      'buttons, automations and forms',
      'the manual order of rows in a view',
      'reminders',
      'which template is applied automatically',
      'avatars (their addresses are kept)',
    ],
    unsupported: unsupported(context),
    refused: refused(context),
    not_asked_for: [
      ...(options.comments === 'none'
        ? ['comments']
        : options.comments === 'pages'
          ? ['comments of blocks']
          : []),
      ...(options.trash ? [] : ['trash']),
      ...(options.media ? [] : ['media']),
      ...(options.externalMedia ? [] : ['media hosted elsewhere']),
    ],
    users_unknown: state.counters.get('users_unknown'),
    templates: 'edits are seen when everything is listed, or when the page is read in its turn',
  };
}
