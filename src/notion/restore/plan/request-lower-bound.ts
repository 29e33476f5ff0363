/**
 * The number of requests a restore is held against. It follows from what one request can do (§9 and §10 of the API's
 * rules), not from the order this program chose. Two parts are this program's all the same: what blocks cost beyond the
 * first request is reckoned by the code that spreads them over requests (`block-waves.ts`), and what is counted for
 * schemas, locks, circles and links to comments are the steps that were planned. A better way through those would lower
 * this number too; it shows what is spent beyond that.
 *
 *
 * - 2: is the destination there, and what lies in it already (without which a lost answer could not be cleared up)
 * - each page, row, database and further data source: 1
 * - properties that name others: 1 for each level of naming in each data source, since one can only name what is there
 * - each view 1, of databases whose views are not just the one Notion makes: 1 more to learn the id of that one, and 1 to
 *   remove it where it is of no use; 1 per data source whose property ids views name, where no answer told them
 * - each comment 1, each lock 1, each link to a comment 1 more, since comments are written last
 * - each upload: 2, or 2 and its parts; each content and name once
 * - what is asked about the target: 1 for size limits, 1 for people, 1 for custom emoji, 1 for each other thing that is
 *   pointed at and not restored
 * - blocks: a page brings its first 100 along, two levels of nesting with them; of the rest, `appendCost`, the writer's
 *   own way through the same limits; a run of blocks between child objects costs at least one request more, unless
 *   all objects between are pages, which can be put between blocks that are there, for one listing
 * - a circle of references: 1, since one page in it must be completed later. Circles that share a page count once
 */

import type { SnapshotReader } from '../../../document/content.ts';
import type { BlockNode } from '../../../document/documents.ts';
import type { JsonObject } from '../../../document/json.ts';
import { stringAt } from '../../../document/json.ts';
import { convertBlocks } from '../blocks/block-payload.ts';
import { appendCost, nextChunk, outline, withPlaceholders } from '../blocks/request-batches.ts';
import type { WriteNode } from '../blocks/write-node.ts';
import { namesProperties } from '../databases/view-payload.ts';
import type { Journal } from '../journal/journal.ts';
import { objectsIn } from '../journal/objects.ts';
import type { Item } from '../journal/page-items.ts';
import { itemsOf } from '../journal/page-items.ts';
import type { PendingFile } from '../requests/conversion.ts';
import { readDatabase, readPage } from '../requests/snapshot-documents.ts';
import { uploadKey, uploadRequests } from '../requests/uploads.ts';
import { dryConversion } from './dry-conversion.ts';

export interface FloorOptions {
  /** A journal whose steps are planned. */
  readonly journal: Journal;
  readonly snapshot: SnapshotReader;
  readonly comments: boolean;
}

/** The floor and its parts. */
export interface RestoreFloor {
  readonly total: number;
  readonly parts: { readonly [part: string]: number };
}

/** Reckons the floor. Reads every document once. */
export async function restoreFloor({ journal, snapshot, comments }: FloorOptions): Promise<RestoreFloor> {
  const parts = new Map<string, number>();
  const add = (part: string, by: number): void => void parts.set(part, (parts.get(part) ?? 0) + by);
  add('destination', 2);
  add('limits', 1);
  const uploads = new Set<string>();
  const upload = (file: PendingFile): void => {
    if (uploads.has(uploadKey(file))) return;
    uploads.add(uploadKey(file));
    add('uploads', uploadRequests(file.size));
  };
  for (const object of objectsIn(journal)) {
    if (object.kind === 'database') {
      const document = await readDatabase(snapshot, object.path);
      if (object.linked === 1) add('views', document.views.length);
      else {
        add('databases', Math.max(1, document.data_sources.length));
        add(
          'views',
          viewRequests(document.views, document.data_sources.length, schemaSteps(journal, object.id)),
        );
      }
      continue;
    }
    const document = await readPage(snapshot, object.path);
    add(object.source === null ? 'pages' : 'rows', 1);
    add('blocks', blockRequests(journal, itemsOf(journal, object.id), document.blocks, upload));
    if (comments) add('comments', document.comments.length);
  }
  const steps = (kind: string): number =>
    journal.prepare<[string], number>('SELECT count(*) FROM step WHERE kind = ?').pluck().get(kind) ?? 0;
  add('schemas', steps('schema'));
  add('locks', steps('lock'));
  add('links', commentLinks(journal));
  add('circles', Number(journal.meta('circles') ?? 0));
  const total = [...parts.values()].reduce((sum, part) => sum + part, 0);
  return { total, parts: Object.fromEntries(parts) };
}

function commentLinks(journal: Journal): number {
  return journal.prepare<[], number>('SELECT count(*) FROM comment_link').pluck().get() ?? 0;
}

function schemaSteps(journal: Journal, database: string): number {
  return (
    journal
      .prepare<[string], number>(
        "SELECT count(DISTINCT object) FROM step WHERE kind = 'schema' AND object IN (SELECT id FROM source WHERE owner = ?)",
      )
      .pluck()
      .get(database) ?? 0
  );
}

function viewRequests(views: readonly JsonObject[], sources: number, told: number): number {
  const tabs = views.filter((view) => stringAt(view, 'dashboard_view_id') === undefined);
  if (tabs.length === 0) return 0;
  const first = tabs[0];
  const isMade =
    tabs.length === 1 &&
    first?.type === 'table' &&
    first.configuration === null &&
    stringAt(first, 'name') === 'Default view';
  if (isMade && sources === 1) return 0;
  const tables = tabs.filter((view) => view.type === 'table').length;
  const removed = Math.max(0, sources - Math.min(tables, sources));
  const asked = views.some(namesProperties) ? Math.max(0, sources - told) : 0;
  return views.length + 1 + removed + asked + (sources > 1 ? sources : 0);
}

/** Requests the blocks of a page take beyond the one that makes the page. */
function blockRequests(
  journal: Journal,
  items: readonly Item[],
  blocks: readonly BlockNode[],
  upload: (file: PendingFile) => void,
): number {
  const conversion = { ...dryConversion(journal), attach: upload };
  const runs = items
    .filter((item) => item.kind === 'run' && item.past > item.first)
    .map((item) => ({
      item,
      nodes: withPlaceholders(convertBlocks(blocks.slice(item.first, item.past), conversion)),
    }))
    .filter(({ nodes }) => nodes.length > 0);
  for (const { nodes } of runs) uploadAll(nodes, upload);
  let requests = 0;
  for (const { item, nodes } of runs)
    requests += item.place === 0 ? firstRunRequests(nodes) : appendCost(nodes);
  const later = runs.filter(({ item }) => item.place > 0).length;
  const onlyPages = items.every((item) => item.kind !== 'child' || isPage(journal, item.child ?? ''));
  const all = runs.flatMap(({ nodes }) => nodes);
  if (later < 2 || !onlyPages) return requests;
  return Math.min(requests, firstRunRequests(all) + Math.ceil(all.length / 100));
}

function uploadAll(nodes: readonly WriteNode[], upload: (file: PendingFile) => void): void {
  for (const node of nodes) {
    for (const file of node.files) upload(file);
    uploadAll(node.children, upload);
  }
}

/** The page brings one request's worth along; ids of those blocks take a listing. */
function firstRunRequests(nodes: readonly WriteNode[]): number {
  const { count } = nextChunk(nodes, 0);
  const carried = nodes.slice(0, count).map((node) => outline(node, 1));
  const listing = carried.some((each) => each.needsId) ? 1 : 0;
  const below = carried.reduce((sum, each) => sum + each.cost, 0);
  return listing + below + appendCost(nodes.slice(count));
}

function isPage(journal: Journal, child: string): boolean {
  return (
    journal.prepare<[string], string>('SELECT kind FROM object WHERE id = ?').pluck().get(child) === 'page'
  );
}
