/**
 * Rows that are restored into a data source which is there already: its schema must have room for their values. Properties
 * are told by their names, since two data sources share no ids.
 */
import type { SnapshotReader } from '../../../document/content.ts';
import type { JsonObject } from '../../../document/json.ts';
import { isObject, objectAt, stringAt } from '../../../document/json.ts';
import { parentPath } from '../../../document/names.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { compactId } from '../../../document/notion-id.ts';
import { writableOptionName } from '../../../document/option-names.ts';
import { isWritablePropertyType } from '../../../document/property-types.ts';
import { KlosetError } from '../../../errors.ts';
import { optionsOf } from '../databases/schema-levels.ts';
import type { Journal } from '../journal/journal.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import { isEmpty } from '../pages/property-values.ts';
import { readDatabase, readPage } from '../snapshot/snapshot-documents.ts';

/**
 * Lets the rows at the top of the restore go into `target`, a data source as the API shows it.
 * @throws KlosetError `usage` for what is not a row, and when a value has no room there: the property is named
 */
export async function adoptRows(
  journal: Journal,
  snapshot: SnapshotReader,
  target: JsonObject,
): Promise<void> {
  const adopted = new Set<CompactId>();
  for (const object of journal.objects.all()) {
    if (object.parent !== null) continue;
    const { source } = object;
    if (object.kind !== 'page' || source === null || object.isTemplate)
      throw new KlosetError(
        'usage',
        `${object.path} is not a row: only rows can be restored into a database.`,
        {
          hint: 'Name a page to restore under, or the path of a row.',
        },
      );
    const { page } = await readPage(snapshot, object.path);
    const schema = await storedSchema(snapshot, object, page);
    checkValues(page, schema, target, { path: object.path, source });
    if (!adopted.has(source)) adopt(journal, source, target, schema);
    adopted.add(source);
  }
}

/** The rows' data source stands for the target from here on, with the names that the target gives its properties. */
function adopt(journal: Journal, source: CompactId, target: JsonObject, schema: readonly JsonObject[]): void {
  const known = schema.flatMap((property): JsonObject[] => {
    const other = counterpart(property, target);
    return other?.type === property.type
      ? [{ ...property, name: stringAt(other ?? null, 'name') ?? '' }]
      : [];
  });
  journal.atomically(() => {
    journal.dataSources.addExisting(source, known);
    journal.ids.map(source, stringAt(target, 'id') ?? '', 'data_source');
    journal.inPlace.markExisting(source);
  });
}

/** The schema of the row's data source; of a row that was backed up alone, its own properties. */
async function storedSchema(
  snapshot: SnapshotReader,
  { path, source }: RestoredObject,
  page: JsonObject,
): Promise<JsonObject[]> {
  const above = parentPath(path);
  const isStored = (await snapshot.entry(`${above}/database.json`)) !== undefined;
  const sources = isStored ? (await readDatabase(snapshot, above)).data_sources : [];
  const own = sources.find((each) => compactId(stringAt(each, 'id') ?? '') === source);
  return propertiesOf(own ?? page);
}

/** The properties of a data source or a row, each with its name. */
function propertiesOf(object: JsonObject): JsonObject[] {
  return Object.entries(objectAt(object, 'properties') ?? {}).flatMap(([name, property]) =>
    isObject(property) ? [{ name, ...property }] : [],
  );
}

/** @throws KlosetError `usage` when `target` has no room for a value of the row */
function checkValues(
  page: JsonObject,
  schema: readonly JsonObject[],
  target: JsonObject,
  { path, source }: { readonly path: string; readonly source: CompactId },
): void {
  for (const value of propertiesOf(page)) {
    const type = stringAt(value, 'type') ?? '';
    if (!isWritablePropertyType(type) || isEmpty(value[type] ?? null)) continue;
    const stored = schema.find(({ id }) => id === value.id) ?? value;
    const misfit = misfitOf(value, stored, target, source);
    if (misfit === undefined) continue;
    throw new KlosetError('usage', `${path} does not fit into the database: ${misfit}.`, {
      hint: 'Change the database, or name a page to restore under.',
    });
  }
}

/** The respect in which a value does not fit; undefined when it does. */
function misfitOf(
  value: JsonObject,
  stored: JsonObject,
  target: JsonObject,
  source: CompactId,
): string | undefined {
  const name = stringAt(stored, 'name') ?? '';
  const type = stringAt(stored, 'type') ?? '';
  const other = counterpart(stored, target);
  if (other === undefined) return `it has no property "${name}"`;
  if (other.type !== type) return `its property "${name}" is of type ${String(other.type)}, not ${type}`;
  if (type === 'status') return missingStatus(value, other, name);
  return type === 'relation' ? otherRelation(stored, other, { name, source, target }) : undefined;
}

function missingStatus(value: JsonObject, other: JsonObject, name: string): string | undefined {
  const status = stringAt(objectAt(value, 'status'), 'name') ?? '';
  const known = optionsOf(other).map((option) => stringAt(option, 'name'));
  if (known.includes(status) || known.includes(writableOptionName(status))) return undefined;
  return `its property "${name}" has no status "${status}"`;
}

/** A relation takes pages of one data source only; one of a data source to itself leads to itself again. */
function otherRelation(
  stored: JsonObject,
  other: JsonObject,
  {
    name,
    source,
    target,
  }: { readonly name: string; readonly source: CompactId; readonly target: JsonObject },
): string | undefined {
  const [was, is] = [stored, other].map((property) =>
    compactId(stringAt(objectAt(property, 'relation'), 'data_source_id') ?? ''),
  );
  // A row that was backed up without its database does not tell where its relations lead.
  if (was === '' || was === is) return undefined;
  const isToItself = was === source && is === compactId(stringAt(target, 'id') ?? '');
  return isToItself ? undefined : `its relation "${name}" leads to another data source`;
}

/** The property of the same name; a title is the title, whatever it is called. */
function counterpart(property: JsonObject, target: JsonObject): JsonObject | undefined {
  const all = propertiesOf(target);
  if (property.type === 'title') return all.find(({ type }) => type === 'title');
  return all.find(({ name }) => name === property.name);
}
