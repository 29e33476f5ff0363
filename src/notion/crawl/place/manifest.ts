/** Creates `/manifest.json`: the objects found and how, those left out, what Notion does not show, and the requests spent. */
import type { Json, JsonObject } from '../../../document/json.ts';
import { objectAt, stringAt } from '../../../document/json.ts';
import { notionVersion } from '../../api/api.ts';
import type { CrawlContext } from '../context/crawl-context.ts';
import type { CrawlSummary } from '../context/crawl-options.ts';
import { settingsOf } from '../context/plan.ts';
import type { CommentSweep } from '../discover/sweep-comments.ts';
import { saveTallies } from '../read/write-document.ts';
import type { CounterGroup } from '../state/counters.ts';
import type { TitledError } from '../state/crawl-errors.ts';
import type { DiscoveryPath } from '../state/discovery-paths.ts';
import { bitOf, namePaths } from '../state/discovery-paths.ts';
import { leftOutJson } from './left-out.ts';
import { readingAges } from './reading-ages.ts';

/** Longer lists end here; their counts are complete. */
const maxListed = 10_000;

/** Whole numbers of what the snapshot holds. To be called once everything is placed. */
export function summarize(context: CrawlContext, extra: { media: number; emojis: number }): CrawlSummary {
  const { census, errors, users } = context.state;
  const counts = census.counts();
  const holds = census.holdings();
  return {
    pages: counts.pages,
    databases: counts.databases,
    rows: counts.rows,
    templates: counts.templates,
    data_sources: holds.data_sources ?? 0,
    views: holds.views ?? 0,
    users: users.count(),
    custom_emojis: extra.emojis,
    media: extra.media,
    blocks: holds.blocks ?? 0,
    comments: holds.comments ?? 0,
    reused: counts.reused,
    errors: errors.count(),
    torn: counts.changedWhileRead,
  };
}

export interface Outcome {
  readonly summary: CrawlSummary;
  readonly isComplete: boolean;
  readonly sweep: CommentSweep;
}

/** Creates the manifest of a finished crawl. Lists are bounded; numbers are not. */
export function createManifest(context: CrawlContext, { summary, isComplete, sweep }: Outcome): JsonObject {
  const { options, plan, state, api, startedMs } = context;
  const { counters } = state;
  saveTallies(context, new Map());
  const requests = counters.group('requests');
  const holds = state.census.holdings();
  const ages = readingAges(context);
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
    oldest_full_reading: ages.oldest,
    readings: { turns: [...ages.turns] },
    ...leftOut(context),
    skipped: { absent: absent(context), linked_databases: linked(context) },
    errors: errors(context),
    torn: state.census.pagesToReread('changed-while-read', maxListed),
    reread: reread(context),
    guests: state.progress.guests.slice(0, maxListed),
    unknown_people: state.progress.unknownPeople.slice(0, maxListed),
    comments: commentReadings(context, sweep, ages.oldest),
    blind_spots: blindSpots(context),
    unknown_types: { ...counters.group('unknown'), ...group(holds, 'unknown') },
    unsupported_blocks: group(holds, 'unsupported'),
    synced_copies_out_of_reach: holds.synced_out_of_reach ?? 0,
    media: { fetched: counters.get('media_fetched'), bytes_fetched: counters.get('media_bytes') },
    requests: { by_endpoint: requests, total: Object.values(requests).reduce((sum, n) => sum + n, 0) },
  };
}

/** Only in a backup of a part by choice. */
function leftOut(context: CrawlContext): JsonObject {
  const found = leftOutJson(context);
  return found === null ? {} : { left_out: found };
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
  return (
    row !== undefined &&
    row.state !== 'absent' &&
    row.state !== 'left-out' &&
    (row.discoveredBy & listed) === 0
  );
}

/** The objects that the next run reads again, by reason; `all` when they are too many to list. */
function reread({ state: { census } }: CrawlContext): JsonObject {
  const limit = maxListed + 1;
  const lists = {
    hot: census.pagesToReread('recently-edited', limit),
    torn: census.pagesToReread('changed-while-read', limit),
    gaps: census.pagesToReread('gaps', limit),
    databases: census.failedDatabases(limit),
  };
  const cut = Object.entries(lists).map(([reason, ids]) => [reason, ids.slice(0, maxListed)]);
  const isTooLong = Object.values(lists).some(({ length }) => length > maxListed);
  return { ...Object.fromEntries(cut), all: isTooLong };
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

/** The members of a group, by what stands behind its name and a colon. */
function group(holds: { readonly [name: string]: number }, of: CounterGroup): JsonObject {
  const own = Object.entries(holds).filter(([name]) => name.startsWith(`${of}:`));
  return Object.fromEntries(own.map(([name, n]) => [name.slice(of.length + 1), n]));
}

/**
 * The ages of the readings of comments, and where the next run goes on. Nothing tells of a new comment, so their age is
 * all that is known; a run in which some could not be read makes none of them younger.
 */
function commentReadings(
  context: CrawlContext,
  sweep: CommentSweep,
  oldestReading: string | null,
): JsonObject {
  const { comments, commentShare, previous } = context.options;
  const earlier = objectAt(previous?.manifest, 'comments');
  const before = objectAt(earlier, 'sweeps');
  const started = new Date(context.startedMs).toISOString();
  const hasFailed = context.state.errors.lackComments || context.refused.has('comments');
  const isRead = comments !== 'none' && !hasFailed;
  const known = stringAt(earlier, 'swept') ?? null;
  const all = isRead ? latest(known, sweep.swept, oldestReading) : comments === 'none' ? null : known;
  const { round, asked, owed } = sweep;
  return {
    setting: comments,
    share_percent: commentShare,
    blocks_too: comments !== 'pages',
    swept: all,
    sweeps: {
      discussed: isRead ? started : (before?.discussed ?? null),
      recent: isRead && sweep.hasAskedRecent ? started : (before?.recent ?? null),
      all,
    },
    round: round === null ? null : { started: round.started, after: round.after, failed: round.hasFailed },
    owed,
    asked: { ...asked },
  };
}

/** The latest of ISO times; null where none is known. */
function latest(...times: (string | null)[]): string | null {
  return (
    times
      .filter((time) => time !== null)
      .sort()
      .at(-1) ?? null
  );
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
      ...(options.emails ? [] : ['e-mail addresses of people']),
      ...(options.trash ? [] : ['trash']),
      ...(options.selection === undefined ? [] : ['what is left out by choice (see left_out)']),
      ...(options.media ? [] : ['media']),
      ...(options.externalMedia ? [] : ['media hosted elsewhere']),
    ],
    users_unknown: state.progress.unknownPeople.length,
    templates: 'edits are seen when everything is listed, or when the page is read in its turn',
  };
}
