/** The place of a page or database: where it lay in the snapshot, and the request that moves it back there. */
import type { JsonObject } from '../../../document/json.ts';
import { objectAt, stringAt } from '../../../document/json.ts';
import { compactId, dashedId } from '../../../document/notion-id.ts';
import type { ApiRequest, NotionApi } from '../../api/api.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import type { RestoreContext } from '../requests/restore-context.ts';
import { readPage } from '../snapshot/snapshot-documents.ts';
import type { Difference } from './differences.ts';
import { parentWords } from './differences.ts';
import { apiPath, ask } from './present-state.ts';

export interface Placement {
  readonly differences: readonly Difference[];
  /** Absent when no request can move it. */
  readonly request?: ApiRequest;
}

/** The way back for an object that lies elsewhere now; undefined when it lies where it lay. */
export async function placementOf(
  context: RestoreContext,
  object: RestoredObject,
  was: JsonObject,
  now: JsonObject,
): Promise<Placement | undefined> {
  const [before, current] = [objectAt(was, 'parent'), objectAt(now, 'parent')];
  if (before === undefined || current === undefined || sameParent(before, current)) return undefined;
  const words = { what: 'moved', was: parentWords(before), now: parentWords(current) } as const;
  const target = await targetOf(context, before);
  if (target === undefined) return { differences: [{ ...words, left: 'the API cannot move it back there' }] };
  if (sameParent(target, current))
    return {
      differences: [{ what: 'position', was: 'inside a block', left: 'no request puts it into a block' }],
    };
  const path = apiPath(object);
  const body = { parent: target };
  const request: ApiRequest =
    object.kind === 'page'
      ? { method: 'post', path: `${path}/move`, body, effect: 'write' }
      : { method: 'patch', path, body, effect: 'write' };
  return { differences: [words, ...(await positionAfterMove(context, object))], request };
}

/** An object that is moved comes back at the end of its parent. */
async function positionAfterMove(
  { journal, snapshot }: RestoreContext,
  object: RestoredObject,
): Promise<Difference[]> {
  const home = object.source === null ? journal.objects.get(object.parent ?? '') : undefined;
  if (home?.kind !== 'page') return [];
  const { blocks } = await readPage(snapshot, home.path);
  const place = blocks.findIndex((block) => compactId(stringAt(block, 'id') ?? '') === object.id);
  if (place === blocks.length - 1) return [];
  return [
    {
      what: 'position',
      was: place === -1 ? 'inside a block' : `block ${place + 1} of ${blocks.length}`,
      left: 'a page or database that is moved comes to the end of its parent',
    },
  ];
}

function sameParent(before: JsonObject, current: JsonObject): boolean {
  const idOf = (parent: JsonObject) =>
    stringAt(parent, 'data_source_id') ??
    stringAt(parent, 'page_id') ??
    stringAt(parent, 'block_id') ??
    stringAt(parent, 'database_id') ??
    (parent.workspace === true ? 'workspace' : undefined);
  const [a, b] = [idOf(before), idOf(current)];
  return a === undefined || b === undefined || compactId(a) === compactId(b);
}

/** A parent as requests name it; one inside a block becomes the page the block lies on. */
async function targetOf(
  { api, journal }: RestoreContext,
  parent: JsonObject,
): Promise<JsonObject | undefined> {
  const source = stringAt(parent, 'data_source_id');
  if (source !== undefined)
    return {
      type: 'data_source_id',
      data_source_id: journal.ids.copyOf(compactId(source)) ?? dashedId(source),
    };
  const block = stringAt(parent, 'block_id');
  const page = stringAt(parent, 'page_id') ?? (block === undefined ? undefined : await pageOf(api, block));
  if (page === undefined) return undefined;
  const id = journal.ids.copyOf(compactId(page)) ?? dashedId(page);
  return { type: 'page_id', page_id: id };
}

/** The page a block lies on. */
async function pageOf(api: NotionApi, block: string): Promise<string | undefined> {
  for (let id = block, depth = 0; depth < 50; depth += 1) {
    const parent = objectAt(await ask(api, `blocks/${dashedId(id)}`), 'parent');
    const page = stringAt(parent, 'page_id');
    const above = stringAt(parent, 'block_id');
    if (page !== undefined || above === undefined) return page;
    id = above;
  }
  return undefined;
}
