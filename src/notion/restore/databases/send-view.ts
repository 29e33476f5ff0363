/** Sends views to Notion so that one setting that it refuses drops neither the view nor the views after it. */
import type { JsonObject } from '../../../document/json.ts';
import { stringAt } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import type { Outcome } from '../journal/tables/notes.ts';
import { refusedFor } from '../journal/tables/notes.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import { answerOrRefusal, committedId, createdId, foundId } from '../requests/creation.ts';
import { findNewView } from '../requests/read-back.ts';
import type { RestoreContext } from '../requests/restore-context.ts';
import { writeParts } from '../requests/write-parts.ts';
import type { ViewBody } from './view-payload.ts';

/** A view that can be created. */
export interface WritableView {
  readonly id: CompactId;
  readonly view: JsonObject;
  readonly body: ViewBody;
  /** New id of the data source it shows. */
  readonly source: string;
}

/** Gives a view of Notion's the name and settings of ours, as far as Notion takes them. */
export async function changeView(
  context: RestoreContext,
  object: RestoredObject,
  id: string,
  wanted: WritableView,
): Promise<string> {
  await writeViewParts(context, object, wanted, { id, body: wanted.body.body });
  context.journal.ids.map(wanted.id, id, 'view');
  return id;
}

/** Creates a view at `home` and returns its id. @throws KlosetError when Notion refuses it */
export async function createView(
  context: RestoreContext,
  database: string,
  wanted: WritableView,
  home: JsonObject,
): Promise<string> {
  const kept = await postView(context, database, wanted, { ...wholeView(wanted), ...home });
  return stringAt(kept, 'id') ?? '';
}

function postView(
  context: RestoreContext,
  database: string,
  wanted: WritableView,
  body: JsonObject,
): Promise<JsonObject> {
  return context.writer.write({
    key: `view ${wanted.id}`,
    request: () => ({ method: 'post', path: 'views', body, effect: 'write' }),
    keep: createdId,
    committed: committedId,
    find: async () => foundId(await findNewView(context.api, context.journal, database)),
    created: ({ id }) => ({ ids: [[wanted.id, typeof id === 'string' ? id : '', 'view']] }),
  });
}

function wholeView({ source, body: { type, body } }: WritableView): JsonObject {
  return { data_source_id: source, type, ...body };
}

/** Creates a view as far as Notion takes it. Undefined, and noted as lost, when it takes nothing of it. */
export async function createViewInParts(
  context: RestoreContext,
  object: RestoredObject,
  database: string,
  wanted: WritableView,
  home: JsonObject,
): Promise<string | undefined> {
  const kept = await sendViewInParts(context, object, wanted, (body) =>
    postView(context, database, wanted, { ...body, ...home }),
  );
  return stringAt(kept, 'id');
}

/**
 * Creates a view with `send`: whole or, when Notion refuses that, with what its type cannot do without, and then its other
 * settings, as far as Notion takes them. Gives what `send` gives, or undefined when even the least is refused.
 */
export async function sendViewInParts(
  context: RestoreContext,
  object: RestoredObject,
  wanted: WritableView,
  send: (body: JsonObject) => Promise<JsonObject>,
): Promise<JsonObject | undefined> {
  const { progress } = context.journal;
  const { name = '', ...settings } = wanted.body.body;
  const key = `view ${wanted.id}`;
  const whole = progress.refusalOf(key) ?? (await answerOrRefusal(() => send(wholeView(wanted))));
  if (typeof whole !== 'string') return whole;
  progress.setRefusal(key, whole.slice(0, 400));
  const least = { data_source_id: wanted.source, type: wanted.body.type, name, ...wanted.body.required };
  const kept = await answerOrRefusal(() => send(least));
  if (typeof kept === 'string') {
    noteView(context, object, wanted, 'lost', refusedFor(kept));
    return undefined;
  }
  const id = stringAt(kept, 'id') ?? '';
  await writeViewParts(context, object, wanted, { id, body: settings });
  return kept;
}

async function writeViewParts(
  context: RestoreContext,
  object: RestoredObject,
  wanted: WritableView,
  { id, body }: { readonly id: string; readonly body: JsonObject },
): Promise<void> {
  await writeParts(context, {
    body,
    key: `view parts ${wanted.id}`,
    path: `views/${id}`,
    files: [],
    directory: object.path,
    onRefused: ({ name }, reason) =>
      noteView(context, object, wanted, 'approximated', `its ${name.replaceAll('_', ' ')}: ${reason}`),
  });
}

function noteView(
  context: RestoreContext,
  { path }: RestoredObject,
  { id, body }: WritableView,
  outcome: Outcome,
  reason: string,
): void {
  context.target.conversion(path).note(outcome, `view ${body.type}`, id, reason.slice(0, 400));
}
