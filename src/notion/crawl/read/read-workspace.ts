/** What belongs to the workspace and not to a page: the bot, people, custom emoji. Becomes `/workspace.json`. */
import type { FileEntry } from '../../../document/content.ts';
import type { Gap, WorkspaceDocument } from '../../../document/documents.ts';
import type { Json, JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject, stringAt } from '../../../document/json.ts';
import { dashedId } from '../../../document/notion-id.ts';
import type { Run } from '../state/context.ts';
import { isFatal } from '../state/end-of-run.ts';
import { idOf } from '../state/notion-object.ts';
import { isRefusal, reasonOf, statusOf } from '../state/read-api.ts';
import { writeDocument } from './finish-object.ts';
import { keepStoredMedia } from './keep-stored-media.ts';
import { ObjectFiles } from './object-files.ts';
import { readPreviousDocument } from './previous-document.ts';

export interface WorkspaceReading {
  readonly bot: Json;
  readonly emojis: Map<string, JsonObject>;
  readonly gaps: Gap[];
}

/** Who the token belongs to, all members, all custom emoji. What the connection may not read is said, not thrown. */
export async function readWorkspace(run: Run): Promise<WorkspaceReading> {
  const gaps: Gap[] = [];
  const bot = await askMe(run, gaps);
  const users = await listTolerant(run, 'users', gaps);
  const emojis = await listTolerant(run, 'custom_emojis', gaps);
  run.state.transaction(() => {
    for (const user of users) saveUser(run, user);
  });
  return { bot, emojis: new Map(emojis.map((emoji) => [idOf(emoji) ?? '', emoji])), gaps };
}

async function askMe(run: Run, gaps: Gap[]): Promise<Json> {
  try {
    return await run.ask.get('users/me');
  } catch (error) {
    if (isFatal(error)) throw error;
    if (isRefusal(error)) run.refused.set('users/me', reasonOf(error));
    else gaps.push({ what: 'users/me', id: '', reason: reasonOf(error) });
    return null;
  }
}

async function listTolerant(run: Run, path: string, gaps: Gap[]): Promise<JsonObject[]> {
  const items: JsonObject[] = [];
  try {
    for await (const page of run.ask.list({ method: 'get', path })) {
      items.push(...page.items);
      if (page.incomplete !== undefined) gaps.push({ what: path, id: '', reason: page.incomplete });
    }
  } catch (error) {
    if (isFatal(error)) throw error;
    if (isRefusal(error)) run.refused.set(path, reasonOf(error));
    else gaps.push({ what: path, id: '', reason: reasonOf(error) });
  }
  return items;
}

function saveUser(run: Run, user: JsonObject): void {
  const id = idOf(user);
  if (id === undefined) return;
  run.state.prepare('INSERT OR REPLACE INTO users VALUES (?, ?)').run(id, JSON.stringify(user));
}

/**
 * People who are named somewhere but not listed (guests, former members) are asked for by id, once. Those the previous
 * snapshot knows are taken from it, for pages that are taken over may name them too; where only its manifest can be
 * read, they are asked for again.
 */
async function resolveGuests(run: Run, before: JsonObject | undefined): Promise<void> {
  const { plan, state, options, refused } = run;
  const known = plan.force ? new Map<string, JsonObject>() : byId(arrayAt(before, 'users'));
  const guests = arrayAt(options.previous?.manifest, 'guests').map(String);
  const add = state.prepare('INSERT OR IGNORE INTO users VALUES (?, NULL)');
  for (const id of [...known.keys(), ...guests]) add.run(id);
  const unlisted = state
    .prepare<[], { id: string }>('SELECT id FROM users WHERE object IS NULL ORDER BY id')
    .all();
  const resolved: string[] = [];
  for (const { id } of unlisted) {
    const user = known.get(id) ?? (refused.has('users') ? undefined : await askUser(run, id));
    if (user === undefined) continue;
    saveUser(run, user);
    resolved.push(id);
  }
  state.setMeta('guests', JSON.stringify(resolved));
}

function byId(values: readonly Json[]): Map<string, JsonObject> {
  return new Map(values.filter(isObject).map((object) => [idOf(object) ?? '', object]));
}

async function askUser(run: Run, id: string): Promise<JsonObject | undefined> {
  try {
    return await run.ask.get(`users/${dashedId(id)}`);
  } catch (error) {
    if (isFatal(error)) throw error;
    // People who left read as unknown: their id stays in the documents.
    run.state.count(statusOf(error) === 404 ? 'users_unknown' : 'users_unread');
    return undefined;
  }
}

/** Writes `workspace.json` and the images of custom emoji. @returns its entries, paths relative to the root */
export async function writeWorkspace(
  run: Run,
  { bot, emojis, gaps }: WorkspaceReading,
  modified: string,
): Promise<FileEntry[]> {
  const before = await readPreviousDocument(run, '');
  await resolveGuests(run, before);
  const files = new ObjectFiles(run, '');
  keepStoredMedia(run, '', before ?? null, files);
  const known = new Map([...byId(arrayAt(before, 'custom_emojis')), ...seenEmojis(run), ...emojis]);
  const allEmojis = [...known].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, emoji]) => emoji);
  for (const emoji of allEmojis) await collectEmoji(emoji, files);
  const allGaps = [...gaps, ...files.gaps];
  const document: WorkspaceDocument = {
    kind: 'workspace',
    format: 1,
    bot,
    users: loadUsers(run),
    custom_emojis: allEmojis,
    ...(allGaps.length === 0 ? {} : { gaps: allGaps }),
  };
  for (const { what, id, reason } of allGaps)
    run.state.addError({ owner: '', kind: 'workspace', what, id, reason });
  const { entries } = await writeDocument(run, '', 'workspace.json', { ...document }, files, modified);
  return [...entries];
}

/** Emoji seen in use: they count too where they are not listed, or the list is refused. */
function seenEmojis(run: Run): Map<string, JsonObject> {
  const rows = run.state.prepare<[], { object: string }>('SELECT object FROM emojis').all();
  return byId(rows.map(({ object }) => JSON.parse(object)));
}

/** An emoji's image is a file like others, though its URL does not say when it dies. */
async function collectEmoji(emoji: JsonObject, files: ObjectFiles): Promise<void> {
  const url = stringAt(emoji, 'url');
  const name = stringAt(emoji, 'name') ?? 'emoji';
  // One taken over from the previous snapshot has its image already.
  if (url === undefined || typeof emoji.sha256 === 'string') return;
  const file: JsonObject = { url, expiry_time: '', name };
  await files.collect({ file }, async () => ({ file: { url, expiry_time: '' } }));
  const { name: _name, ...stored } = file;
  Object.assign(emoji, stored);
}

function loadUsers(run: Run): JsonObject[] {
  return run.state
    .prepare<[], { object: string }>('SELECT object FROM users WHERE object IS NOT NULL ORDER BY id')
    .all()
    .map(({ object }) => {
      const user: unknown = JSON.parse(object);
      return isObject(user) ? user : {};
    });
}
