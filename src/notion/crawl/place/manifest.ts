/** `/manifest.json`: what was found and how, what was left out, what Notion does not show, what it cost. */
import type { Json, JsonObject } from '../../../document/json.ts';
import { objectAt, stringAt } from '../../../document/json.ts';
import { notionVersion } from '../../api/api.ts';
import { saveTallies } from '../read/finish-object.ts';
import type { Run } from '../state/context.ts';
import type { CrawlSummary } from '../state/crawl-options.ts';
import { bitOf, nameWays } from '../state/discovery-paths.ts';
import type { ObjectKind } from '../state/objects.ts';
import { settingsOf } from '../state/plan.ts';

/** Longer lists end here and say how much they leave out. */
const longestList = 10_000;

const inSnapshot = `state IN ('done', 'reused')`;

/** Rows lie in a database, or say that they do when it is not visible. */
const isRow = `(placed IN (SELECT id FROM objects WHERE kind = 'database') OR parent_type IN ('database', 'data_source'))`;

/** Whole numbers of what the snapshot holds. To be called once everything is placed. */
export function summarize(run: Run, extra: { media: number; emojis: number }): CrawlSummary {
  const count = (where: string): number =>
    run.state
      .prepare<[], { n: number }>(`SELECT COUNT(*) AS n FROM objects WHERE placed IS NOT NULL AND ${where}`)
      .get()?.n ?? 0;
  const sum = (column: 'views' | 'sources'): number =>
    run.state
      .prepare<[], { n: number | null }>(`SELECT SUM(${column}) AS n FROM objects WHERE placed IS NOT NULL`)
      .get()?.n ?? 0;
  const { state } = run;
  const rows = count(`kind = 'page' AND template_of IS NULL AND ${isRow}`);
  const templates = count(`kind = 'page' AND template_of IS NOT NULL`);
  return {
    pages: count(`kind = 'page'`) - rows - templates,
    databases: count(`kind = 'database'`),
    rows,
    templates,
    data_sources: sum('sources'),
    views: sum('views'),
    users:
      state.prepare<[], { n: number }>('SELECT COUNT(*) AS n FROM users WHERE object IS NOT NULL').get()?.n ??
      0,
    custom_emojis: extra.emojis,
    media: extra.media,
    blocks: state.counter('blocks'),
    comments: state.counter('comments'),
    reused: count(`state = 'reused' AND kind = 'page'`),
    errors: state.prepare<[], { n: number }>('SELECT COUNT(*) AS n FROM errors').get()?.n ?? 0,
    torn: count('torn = 1'),
  };
}

/** The manifest of a finished crawl. Lists are bounded; numbers are not. */
export function makeManifest(run: Run, summary: CrawlSummary, isComplete: boolean): JsonObject {
  const { options, plan, state, ask, startedMs } = run;
  saveTallies(run, new Map());
  const requests = state.counters('requests:');
  const unknown = state.counters('unknown:');
  return {
    format: 1,
    kind: 'manifest',
    notion_version: notionVersion,
    started: new Date(startedMs).toISOString(),
    ended: new Date(ask.now()).toISOString(),
    run: plan.run,
    resumed: state.isResumed,
    complete: isComplete,
    settings: settingsOf(options),
    counts: { ...summary },
    newest_edit: newestEdit(run),
    listing: {
      depth: run.listing.sinceMs === null ? 'full' : 'since',
      since: run.listing.sinceMs === null ? null : new Date(run.listing.sinceMs).toISOString(),
      runs_since_full: run.listing.sinceMs === null ? 0 : plan.runsSinceFullListing,
    },
    discovery: discovery(run),
    ...notInSearch(run),
    reused: summary.reused,
    skipped: { absent: absent(run), linked_databases: linked(run) },
    errors: errors(run),
    torn: ids(run, 'page', 'torn = 1'),
    reread: {
      hot: ids(run, 'page', 'hot = 1'),
      torn: ids(run, 'page', 'torn = 1'),
      gaps: ids(run, 'page', `gaps > 0 OR state = 'failed'`),
      databases: ids(run, 'database', `state = 'failed'`),
    },
    guests: guests(run),
    comments: commentSweep(run),
    blind_spots: blindSpots(run),
    unknown_types: unknown,
    unsupported_blocks: state.counters('unsupported:'),
    synced_copies_out_of_reach: state.counter('synced_out_of_reach'),
    media: { fetched: state.counter('media_fetched'), bytes_fetched: state.counter('media_bytes') },
    requests: { by_endpoint: requests, total: Object.values(requests).reduce((sum, n) => sum + n, 0) },
  };
}

/** How many objects of the snapshot each set of ways found. What one way finds and another misses stands here. */
function discovery(run: Run): JsonObject {
  const rows = run.state
    .prepare<[], { kind: string; ways: number; n: number }>(
      `SELECT kind, ways, COUNT(*) AS n FROM objects WHERE placed IS NOT NULL GROUP BY kind, ways ORDER BY kind, ways`,
    )
    .all();
  const result: JsonObject = {};
  for (const { kind, ways, n } of rows) {
    const of = objectAt(result, kind) ?? {};
    of[nameWays(ways)] = n;
    result[kind] = of;
  }
  return result;
}

/**
 * Pages that neither search nor a query shows, templates aside: a run that does not list in full asks for each. Such
 * a run carries the list on, and adds what it found new.
 */
function notInSearch(run: Run): JsonObject {
  const listed = bitOf('search') | bitOf('query');
  const isNew = run.listing.sinceMs === null ? '' : `AND ways & ${bitOf('previous')} = 0`;
  const found = run.state
    .prepare<[], { id: string }>(
      `SELECT id FROM objects WHERE placed IS NOT NULL AND kind = 'page' AND template_of IS NULL AND trashed = 0
       AND ways & ${listed} = 0 ${isNew} ORDER BY id LIMIT ${longestList + 1}`,
    )
    .all()
    .map(({ id }) => id);
  const carried =
    run.listing.sinceMs === null ? [] : [...run.plan.unsearched].filter((id) => isStillHidden(run, id));
  const all = [...new Set([...found, ...carried])].sort();
  // More than fit: the next run cannot tell which to ask for, so it lists everything.
  return { not_in_search: all.slice(0, longestList), relist: all.length > longestList };
}

function isStillHidden(run: Run, id: string): boolean {
  const row = run.objects.get(id);
  return row !== undefined && row.state !== 'absent' && (row.ways & (bitOf('search') | bitOf('query'))) === 0;
}

/** Notion's own clock, as far as its objects tell it: the next run lists from here, whatever this machine's clock says. */
function newestEdit(run: Run): string | null {
  const newest = run.state
    .prepare<[], { newest: string | null }>(
      'SELECT max(max(seen, edited)) AS newest FROM objects WHERE placed IS NOT NULL',
    )
    .get()?.newest;
  return newest == null || newest === '' ? null : newest;
}

function ids(run: Run, kind: ObjectKind, where: string): string[] {
  return run.state
    .prepare<[], { id: string }>(
      `SELECT id FROM objects WHERE kind = '${kind}' AND (${where}) AND (${inSnapshot} OR state = 'failed') ORDER BY id LIMIT ${longestList}`,
    )
    .all()
    .map(({ id }) => id);
}

function absent(run: Run): JsonObject {
  const { database } = run.state;
  const counts = database
    .prepare<[], { fate: string; n: number }>(
      `SELECT fate, COUNT(*) AS n FROM objects WHERE state = 'absent' AND fate IS NOT NULL GROUP BY fate ORDER BY fate`,
    )
    .all();
  const rows = database
    .prepare<[], { id: string; kind: string; fate: string; ways: number }>(
      `SELECT id, kind, fate, ways FROM objects WHERE state = 'absent' AND fate IS NOT NULL ORDER BY id LIMIT ${longestList}`,
    )
    .all();
  return {
    counts: Object.fromEntries(counts.map(({ fate, n }) => [fate, n])),
    objects: rows.map(({ id, kind, fate, ways }) => ({ id, kind, fate, found_by: nameWays(ways) })),
  };
}

function linked(run: Run): Json[] {
  return run.state
    .prepare<[], { id: string; container: string | null; reason: string }>(
      `SELECT id, container, reason FROM linked ORDER BY id LIMIT ${longestList}`,
    )
    .all()
    .map(({ id, container, reason }) => ({ id, page: container, reason }));
}

function errors(run: Run): JsonObject {
  const rows = run.state
    .prepare<
      [],
      { owner: string; kind: string; what: string; id: string; reason: string; stem: string | null }
    >(
      `SELECT e.owner, e.kind, e.what, e.id, e.reason, o.stem FROM errors e LEFT JOIN objects o ON o.id = e.owner
       ORDER BY e.owner, e.kind, e.what, e.id LIMIT ${longestList}`,
    )
    .all();
  const total =
    run.state.prepare<[], { n: number }>('SELECT COUNT(*) AS n FROM errors').get()?.n ?? rows.length;
  return {
    total,
    list: rows.map(({ owner, kind, what, id, reason, stem }) => ({
      kind,
      what,
      id,
      reason,
      ...(owner === '' ? {} : { owner }),
      ...(stem === null || stem === '' ? {} : { title: stem }),
    })),
  };
}

/** Ids of people who are named but not listed: the next run needs them for pages it does not read again. */
function guests(run: Run): Json[] {
  const ids: unknown = JSON.parse(run.state.meta('guests') ?? '[]');
  return Array.isArray(ids) ? ids.map(String).slice(0, longestList) : [];
}

/** When the comments of every page were last read. Nothing tells of a new comment, so their age is all one can say. */
function commentSweep(run: Run): JsonObject {
  const { comments, previous } = run.options;
  const isFresh = comments !== 'none' && run.objects.countState('reused') === 0;
  const before = stringAt(objectAt(previous?.manifest, 'comments'), 'swept') ?? null;
  const swept = isFresh || comments === 'all' ? new Date(run.startedMs).toISOString() : before;
  return { setting: comments, swept: comments === 'none' ? null : swept, blocks_too: comments !== 'pages' };
}

/** What the API does not show, or did not show this connection. */
function blindSpots(run: Run): JsonObject {
  const { options, state } = run;
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
    refused: Object.fromEntries(run.refused),
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
    users_unknown: state.counter('users_unknown'),
    templates: 'edits are seen when everything is listed, or when the page is read in its turn',
  };
}
