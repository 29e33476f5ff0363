/** Reads the objects of the workspace that lie on no page: the bot, people, custom emoji. Becomes `/workspace.json`. */
import type { FileEntry } from '../../../document/content.ts';
import type { Gap, WorkspaceDocument } from '../../../document/documents.ts';
import type { Json, JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject, stringAt } from '../../../document/json.ts';
import { dashedId } from '../../../document/notion-id.ts';
import { oddObject } from '../../api/odd-answer.ts';
import type { CrawlContext } from '../context/crawl-context.ts';
import { idOf } from '../context/notion-object.ts';
import { isRefusal, reasonOf, statusOf } from '../context/read-api.ts';
import { EndOfRun } from '../state/database/end-of-run.ts';
import { keepStoredMedia } from './keep-stored-media.ts';
import { ObjectFiles } from './object-files.ts';
import { readPreviousDocument } from './previous-document.ts';
import { writeDocument } from './write-document.ts';

export interface WorkspaceReading {
  readonly bot: Json;
  readonly emojis: Map<string, JsonObject>;
  readonly gaps: Gap[];
}

/** Reads the token's owner, all members, all custom emoji. A part the connection may not read is recorded, not thrown. */
export async function readWorkspace(context: CrawlContext): Promise<WorkspaceReading> {
  const gaps: Gap[] = [];
  const bot = await askMe(context, gaps);
  const users = await listOrGap(context, 'users', gaps);
  const emojis = await listOrGap(context, 'custom_emojis', gaps);
  context.state.transaction(() => {
    for (const user of users) saveUser(context, user);
  });
  for (const [what, items] of [['users', users] as const, ['custom_emojis', emojis] as const]) {
    if (items.some((item) => idOf(item) === undefined))
      gaps.push({ what, id: '', reason: 'an item of the list came without its id' });
  }
  return { bot, emojis: new Map(emojis.map((emoji) => [idOf(emoji) ?? '', emoji])), gaps };
}

async function askMe(context: CrawlContext, gaps: Gap[]): Promise<Json> {
  try {
    return await context.api.get('users/me');
  } catch (error) {
    if (error instanceof EndOfRun) throw error;
    if (isRefusal(error)) context.refused.add('users/me', reasonOf(error));
    else gaps.push({ what: 'users/me', id: '', reason: reasonOf(error) });
    return null;
  }
}

async function listOrGap(
  context: CrawlContext,
  path: 'users' | 'custom_emojis',
  gaps: Gap[],
): Promise<JsonObject[]> {
  const items: JsonObject[] = [];
  try {
    for await (const page of context.api.list({ method: 'get', path })) {
      items.push(...page.items);
      if (page.incomplete !== undefined) gaps.push({ what: path, id: '', reason: page.incomplete });
    }
  } catch (error) {
    if (error instanceof EndOfRun) throw error;
    if (isRefusal(error)) context.refused.add(path, reasonOf(error));
    else gaps.push({ what: path, id: '', reason: reasonOf(error) });
  }
  return items;
}

/** Somebody of whom only an id came is asked for like a guest. */
function saveUser(context: CrawlContext, user: JsonObject): void {
  const id = idOf(user);
  if (id === undefined) return;
  if (oddObject('user', user) === undefined) context.state.users.save(id, user);
  else context.state.users.mention(id);
}

/**
 * People who are named somewhere but not listed (guests, former members) are asked for by id, once. Those the previous
 * snapshot knows are taken from it, for pages that are taken over may name them too; where only its manifest can be
 * read, they are asked for again.
 */
async function resolveGuests(
  context: CrawlContext,
  before: JsonObject | undefined,
  gaps: Gap[],
): Promise<void> {
  const { plan, state, options, refused } = context;
  const { users, progress } = state;
  const known = plan.force ? new Map<string, JsonObject>() : byId(arrayAt(before, 'users'));
  const guests = arrayAt(options.previous?.manifest, 'guests').map(String);
  for (const id of [...known.keys(), ...guests]) users.mention(id);
  const toKnow: string[] = [];
  // Pages that are taken over name them still.
  const unknown = new Set(
    plan.force ? [] : arrayAt(options.previous?.manifest, 'unknown_people').map(String),
  );
  for (const id of users.unknownIds()) {
    const user =
      known.get(id) ?? (refused.has('users') ? undefined : await askUser(context, id, { gaps, unknown }));
    // Whoever gave no answer is asked for again by the next run, which may read no page that names them.
    if (user !== undefined || !unknown.has(id)) toKnow.push(id);
    if (user !== undefined) saveUser(context, user);
  }
  progress.setGuests(toKnow);
  for (const user of users.list()) unknown.delete(idOf(user) ?? '');
  progress.setUnknownPeople([...unknown].sort());
}

function byId(values: readonly Json[]): Map<string, JsonObject> {
  return new Map(values.filter(isObject).map((object) => [idOf(object) ?? '', object]));
}

async function askUser(
  context: CrawlContext,
  id: string,
  { gaps, unknown }: { gaps: Gap[]; unknown: Set<string> },
): Promise<JsonObject | undefined> {
  try {
    return await context.api.get(`users/${dashedId(id)}`);
  } catch (error) {
    if (error instanceof EndOfRun) throw error;
    // People who left read as unknown: their id stays in the documents.
    if (statusOf(error) === 404 || statusOf(error) === 400) unknown.add(id);
    else if (isRefusal(error)) context.refused.add('users', reasonOf(error));
    else gaps.push({ what: 'user', id, reason: reasonOf(error) });
    return undefined;
  }
}

/** Writes `workspace.json` and the images of custom emoji. @returns its entries, paths relative to the root */
export async function writeWorkspace(
  context: CrawlContext,
  { bot, emojis, gaps }: WorkspaceReading,
  modified: string,
): Promise<FileEntry[]> {
  const before = await readPreviousDocument(context, '');
  const guestGaps: Gap[] = [];
  await resolveGuests(context, before, guestGaps);
  const files = new ObjectFiles(context, '');
  keepStoredMedia(context, '', before ?? null, files);
  const known = new Map([...byId(arrayAt(before, 'custom_emojis')), ...usedEmojis(context), ...emojis]);
  const allEmojis = [...known].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, emoji]) => emoji);
  await collectEmojis(allEmojis, files);
  const allGaps = [...gaps, ...guestGaps, ...files.gaps];
  const document: WorkspaceDocument = {
    kind: 'workspace',
    format: 1,
    bot,
    users: context.state.users.list(),
    custom_emojis: allEmojis,
    ...(allGaps.length === 0 ? {} : { gaps: allGaps }),
  };
  for (const { what, id, reason } of allGaps)
    context.state.errors.add({ owner: '', kind: 'workspace', what, id, reason });
  const { entries } = await writeDocument(context, '', 'workspace.json', { ...document }, files, modified);
  return [...entries];
}

/** Emoji in use: they count too where they are not listed, or the list is refused. */
function usedEmojis(context: CrawlContext): Map<string, JsonObject> {
  return byId(context.state.emojis.list());
}

/** An emoji's image is a file like others, though its URL does not say when it expires. */
async function collectEmojis(emojis: readonly JsonObject[], files: ObjectFiles): Promise<void> {
  const images = new Map<JsonObject, JsonObject>();
  for (const emoji of emojis) {
    const image = await collectEmoji(emoji, files);
    if (image !== undefined) images.set(emoji, image);
  }
  await files.fetched();
  for (const [emoji, { name, ...stored }] of images) Object.assign(emoji, stored);
}

/** @returns the file, once it is fetched; undefined when there is nothing to fetch */
async function collectEmoji(emoji: JsonObject, files: ObjectFiles): Promise<JsonObject | undefined> {
  const url = stringAt(emoji, 'url');
  const name = stringAt(emoji, 'name') ?? 'emoji';
  // One taken over from the previous snapshot has its image already.
  if (typeof emoji.sha256 === 'string') return undefined;
  if (url === undefined) {
    files.gaps.push({
      what: 'custom_emoji',
      id: idOf(emoji) ?? '',
      reason: 'the emoji came without its URL',
    });
    return undefined;
  }
  const file: JsonObject = { url, expiry_time: '', name };
  await files.collect({ file }, async () => ({ file: { url, expiry_time: '' } }));
  return file;
}
