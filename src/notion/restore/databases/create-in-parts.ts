/**
 * Creates databases and data sources so that one part that Notion refuses does not drop the rest: what is refused as a whole
 * is created with its titles alone, and is given its other parts afterwards, as far as Notion takes them.
 */
import type { JsonObject } from '../../../document/json.ts';
import { isObject, stringAt } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { decodedPropertyId } from '../../../document/notion-id.ts';
import { plainText } from '../../../document/rich-text.ts';
import type { Journal } from '../journal/journal.ts';
import type { Conversion, PendingFile } from '../requests/conversion.ts';
import type { Sender } from '../requests/creation.ts';
import { answerOrRefusal } from '../requests/creation.ts';
import { textRuns } from '../requests/rich-text.ts';
import type { Part } from '../requests/write-parts.ts';
import { addressesIn, writeParts } from '../requests/write-parts.ts';
import { mapProperties } from './map-properties.ts';
import { define } from './schema.ts';
import { sendWithGroups, withoutGroups } from './status-groups.ts';

/** A database or data source to create. */
export interface CreationInParts {
  /** Names the write within the journal. */
  readonly key: string;
  readonly body: JsonObject;
  /** The same with its titles alone. */
  readonly bare: JsonObject;
  readonly files: readonly PendingFile[];
  /** Directory of the database in the snapshot. */
  readonly directory: string;
  readonly send: (body: JsonObject, files: readonly PendingFile[]) => Promise<unknown>;
  /** Everything that `bare` lacks, in the order to be sent; asked once the object exists. */
  readonly rest: () => readonly RestOfCreation[];
  readonly onRefused: (part: Part, reason: string, isDescription: boolean) => void;
}

export interface RestOfCreation {
  /** `databases/<id>` or `data_sources/<id>` of the copy. */
  readonly path: string;
  readonly body: JsonObject;
  readonly onAnswer?: (answer: JsonObject) => void;
  /** True when it describes properties that are there. */
  readonly isDescription?: boolean;
}

/** Creates the object whole or in parts. @throws KlosetError when Notion refuses even its titles */
export async function createInParts(
  sender: Sender & { readonly journal: Journal },
  creation: CreationInParts,
): Promise<void> {
  const { journal } = sender;
  const { body, files, send } = creation;
  const refusal =
    journal.progress.refusalOf(creation.key) ??
    (await answerOrRefusal(() => sendWithGroups(journal, body, (sent) => send(sent, files))));
  if (typeof refusal !== 'string') return;
  journal.progress.setRefusal(creation.key, refusal.slice(0, 400));
  await creation.send(creation.bare, []);
  for (const [index, { path, body: rest, onAnswer, isDescription = false }] of creation.rest().entries())
    await writeParts(sender, {
      key: `${creation.key} part ${index}`,
      path,
      body: withoutGroups(rest),
      files,
      directory: creation.directory,
      onRefused: (part, reason) => creation.onRefused(part, reason, isDescription),
      ...(onAnswer === undefined ? {} : { onAnswer }),
    });
}

/** The property that every data source is created with. */
export function titleAlone(properties: JsonObject): JsonObject {
  const title: JsonObject = {};
  for (const [name, property] of Object.entries(properties))
    if (isObject(property) && isObject(property.title)) define(title, name, { title: {} });
  return title;
}

/** A title of one plain run. */
export function plainTitle(title: JsonObject['title'] | undefined): JsonObject[] {
  return textRuns(plainText(title)).slice(0, 1);
}

/**
 * The properties of a data source that has only its title, and after them their descriptions: those are refused in a
 * request that adds a data source.
 */
export function restOfSource(
  journal: Journal,
  source: CompactId,
  properties: JsonObject,
  fields: JsonObject = {},
): RestOfCreation[] {
  const path = `data_sources/${journal.ids.copyOf(source) ?? ''}`;
  const [definitions, descriptions]: [JsonObject, JsonObject] = [{}, {}];
  for (const [name, property] of Object.entries(properties)) {
    if (!isObject(property)) continue;
    const { description, ...definition } = property;
    if (!isObject(property.title)) define(definitions, name, definition);
    if (typeof description === 'string') define(descriptions, name, property);
  }
  const onAnswer = (answer: JsonObject) => mapProperties(journal, source, answer);
  return [
    { path, body: { ...fields, properties: definitions }, onAnswer },
    { path, body: { properties: descriptions }, isDescription: true },
  ];
}

/** The object and the data source that a request is about, and whether it only describes properties that are there. */
export interface RefusedSubject {
  readonly id: CompactId;
  readonly source: CompactId;
  readonly isDescription?: boolean;
}

/** Notes a part of a database or data source that was refused; values of a property that is lost are not sent. */
export function noteRefusedPart(
  journal: Journal,
  conversion: Pick<Conversion, 'note'>,
  subject: RefusedSubject,
  part: Part,
  reason: string,
): void {
  const { field, name, value } = part;
  const told = [reason, ...addressesIn(value)].join(' ');
  if (field === 'property') {
    noteRefusedProperty(journal, conversion, subject, part, told);
    return;
  }
  const isPicture = name === 'icon' || name === 'cover';
  const kind = isPicture ? `${name} ${stringAt(value, 'type') ?? ''}` : `database ${name}`;
  conversion.note('lost', kind, subject.id, told);
}

function noteRefusedProperty(
  { dataSources, progress }: Journal,
  conversion: Pick<Conversion, 'note'>,
  { source, isDescription = false }: RefusedSubject,
  { name: key, value }: Part,
  told: string,
): void {
  // The other side of a relation exists under a name of Notion's, and is sent by its id with the name it had.
  const name = stringAt(value, 'name') ?? key;
  const property = dataSources.schemaOf(source).find((candidate) => stringAt(candidate, 'name') === name);
  const type = stringAt(property, 'type') ?? '';
  const kind = `property ${type}`;
  const id = `${source}/${name}`;
  if (isDescription) conversion.note('approximated', kind, id, `its description is missing: ${told}`);
  else if (name !== key)
    conversion.note('approximated', kind, id, `it keeps the name that Notion gave it: ${told}`);
  else {
    conversion.note('lost', kind, id, `${name}: ${told}`);
    progress.markPropertyLost(source, decodedPropertyId(stringAt(property, 'id') ?? ''));
  }
}
