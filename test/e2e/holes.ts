/** Which requests of a replayed crawl found nothing recorded, and whether the snapshot's manifest owns up to each. */
import type { JsonObject } from '../../src/document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../src/document/json.ts';
import { recordedObjects } from '../replay/recorded-objects.ts';
import type { Replay, ReplayRequest, ServedBody } from '../replay/replay-server.ts';

/** What an error of the manifest must be about, so that it tells of a hole. */
const told: readonly { readonly path: RegExp; readonly kinds: readonly string[] }[] = [
  { path: /^\/v1\/blocks\/([^/?]+)\/children/, kinds: ['blocks', 'page'] },
  { path: /^\/v1\/comments\?block_id=([^&]+)/, kinds: ['comments', 'blocks', 'page'] },
  { path: /^\/v1\/views\?database_id=([^&]+)/, kinds: ['views'] },
  { path: /^\/v1\/data_sources\/([^/]+)\/templates/, kinds: ['templates'] },
  { path: /^\/v1\/(?:data_sources|databases)\/([^/]+)\/query/, kinds: ['rows', 'database'] },
  { path: /^\/v1\/pages\/([^/]+)\/properties\//, kinds: ['property'] },
  { path: /^\/v1\/(?:databases|data_sources)\/([^/?]+)$/, kinds: ['database'] },
  { path: /^\/v1\/pages\/([^/?]+)$/, kinds: ['page'] },
];

/** What belongs to the workspace: its refusal stands under `blind_spots`, by the endpoint's name. */
const shared: readonly { readonly path: RegExp; readonly names: readonly string[] }[] = [
  { path: /^\/v1\/users\/me$/, names: ['users/me'] },
  { path: /^\/v1\/users\?/, names: ['users'] },
  { path: /^\/v1\/custom_emojis/, names: ['custom_emojis'] },
  { path: /^\/v1\/search$/, names: ['search', 'search for edits'] },
  { path: /^\/v1\/views\?/, names: ['views'] },
  { path: /^\/v1\/comments\?/, names: ['comments'] },
];

/** Asked for on top of the rest: archived rows and the trash, which servers of the recordings' time did not know. */
function isExtra({ body }: ReplayRequest): boolean {
  return isObject(body) && (body.is_archived === true || objectAt(body, 'filter')?.in_trash === true);
}

/** One line for each hole of which the manifest says nothing. */
export function untoldHoles(
  { requests, recorded }: Pick<Replay, 'requests' | 'recorded'>,
  manifest: JsonObject,
): string[] {
  const errors = arrayAt(objectAt(manifest, 'errors'), 'list').filter(isObject);
  const refused = objectAt(objectAt(manifest, 'blind_spots'), 'refused') ?? {};
  const absent = arrayAt(objectAt(objectAt(manifest, 'skipped'), 'absent'), 'objects').filter(isObject);
  const answered = new Set(requests.filter(({ status }) => status === 200).map(({ target }) => idIn(target)));
  const trashed = trashedIn(recorded);
  const usersUnknown = objectAt(manifest, 'blind_spots')?.users_unknown ?? 0;
  const searched = requests.some(({ target, status }) => target === '/v1/search' && status === 200);
  const untold = requests.filter((request) => {
    const { target, file, status } = request;
    if (file !== undefined || status !== 404 || isExtra(request)) return false;
    if (shared.some(({ path, names }) => path.test(target) && names.some((name) => name in refused)))
      return false;
    // People who left are counted, not listed.
    if (/^\/v1\/users\/[^/?]+$/.test(target)) return usersUnknown === 0;
    // A search with a sort that was never recorded is followed by the same without it.
    if (target === '/v1/search' && searched) return false;
    const id = idIn(target);
    if (absent.some((each) => stringAt(each, 'id') === id)) return false;
    // Notion shows no comments on what lies in the trash.
    if (target.startsWith('/v1/comments') && trashed.has(id)) return false;
    const about = errors.filter((error) => isAbout(error, id));
    if (isProbe(request)) return !answered.has(id) && about.length === 0;
    const kinds = told.find(({ path }) => path.test(target))?.kinds ?? [];
    return !about.some((error) => kinds.includes(stringAt(error, 'kind') ?? ''));
  });
  return [
    ...new Set(untold.map(({ method, target, body }) => `${method} ${target} ${JSON.stringify(body ?? '')}`)),
  ];
}

/** Of an id nobody knows yet whether it is a page's, a database's or a data source's: two of three may miss. */
function isProbe({ method, target }: ReplayRequest): boolean {
  return method === 'GET' && /^\/v1\/(pages|databases|data_sources)\/[^/?]+$/.test(target);
}

/** Ids of what any answer showed as trashed. */
export function trashedIn(recorded: readonly ServedBody[]): Set<string> {
  const objects = [...recordedObjects(recorded).values()];
  return new Set(
    objects
      .filter(({ versions }) => versions.some((each) => each.in_trash === true || each.archived === true))
      .map(({ id }) => id),
  );
}

function isAbout(error: JsonObject, id: string): boolean {
  return stringAt(error, 'id') === id || stringAt(error, 'owner') === id;
}

function idIn(target: string): string {
  const found = told.map(({ path }) => path.exec(target)?.[1]).find((id) => id !== undefined);
  return decodeURIComponent(found ?? target)
    .replaceAll('-', '')
    .toLowerCase();
}

/** What a crawl asked only to learn where something lies: the block itself is not read by that. */
export function withoutLookUps(recorded: readonly ServedBody[]): ServedBody[] {
  return recorded.filter(({ method, path }) => !(method === 'GET' && /^\/v1\/blocks\/[^/]+$/.test(path)));
}
