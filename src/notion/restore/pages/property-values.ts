/** Values of a row's properties for requests. Those that point at what does not exist yet are left for later. */

import type { Json, JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../../document/json.ts';
import { writableOptionName } from '../../../document/option-names.ts';
import type { WritablePropertyType } from '../../../document/property-types.ts';
import {
  isReadOnlyPropertyType,
  isWritablePropertyType,
  writableFileName,
} from '../../../document/property-types.ts';
import { maxRelated } from '../databases/schema-levels.ts';
import { readOnlyReasons } from '../journal/fidelity-rules.ts';
import type { Conversion } from '../requests/conversion.ts';
import { dateRequest } from '../requests/dates.ts';
import { attachFile } from '../requests/files.ts';
import { webUrl } from '../requests/links.ts';
import { boundedRuns } from '../requests/rich-text.ts';
import type { TargetProperty } from './target-property.ts';

/** The maximum of values other than relations that one request may set (API reference, "Request limits"). */
const maxItems = 100;

export interface RowContext {
  readonly conversion: Conversion;
  /** Relations whose other side is written instead, by property id. */
  readonly isWrittenElsewhere: (property: string) => boolean;
  /** True for a page this restore will create but has not created yet. */
  readonly isStillToCome: (id: string) => boolean;
  /** The property as the copy's data source has it; undefined when it has none with this id. */
  readonly target: (property: JsonObject) => TargetProperty | undefined;
}

export interface RowValues {
  /** By the property's name in the copy, as requests take them. */
  readonly values: JsonObject;
  /** Names of properties whose value must be set once everything exists. */
  readonly pending: readonly string[];
}

/** All settable values of a row; empty ones are left out. `id` is the row's, for notes. */
export function rowValues(page: JsonObject, id: string, context: RowContext): RowValues {
  const values: JsonObject = {};
  const pending: string[] = [];
  for (const [name, property] of Object.entries(objectAt(page, 'properties') ?? {})) {
    if (!isObject(property)) continue;
    const known = context.target(property)?.name ?? '';
    const target = known === '' ? name : known;
    if (mustWait(property, context)) pending.push(target);
    if (property.type === 'status' && isEmpty(property.status ?? null))
      context.conversion.note(
        'approximated',
        'value status',
        `${id}/${name}`,
        'Notion gives a row without a status the first To-do option',
      );
    const value = rowValue(property, `${id}/${name}`, context);
    if (value !== undefined) define(values, target, value);
  }
  return { values, pending };
}

/** `__proto__` is a name like any other. */
function define(values: JsonObject, name: string, value: Json): void {
  Object.defineProperty(values, name, { value, enumerable: true, writable: true, configurable: true });
}

/** True for a value that points at pages still to be created. */
function mustWait(property: JsonObject, context: RowContext): boolean {
  const type = stringAt(property, 'type') ?? '';
  if (type === 'relation') {
    if (context.isWrittenElsewhere(stringAt(property, 'id') ?? '')) return false;
    return arrayAt(property, 'relation').some((item) => context.isStillToCome(stringAt(item, 'id') ?? ''));
  }
  if (type !== 'title' && type !== 'rich_text') return false;
  return arrayAt(property, type).some((run) => {
    const mention = objectAt(run, 'mention');
    const target = stringAt(objectAt(mention, stringAt(mention, 'type') ?? ''), 'id');
    return target !== undefined && context.isStillToCome(target);
  });
}

/** One value; undefined when there is nothing to set, or it cannot be. */
export function rowValue(property: JsonObject, id: string, context: RowContext): JsonObject | undefined {
  const type = stringAt(property, 'type') ?? '';
  const value = property[type] ?? null;
  const { conversion } = context;
  const lose = (reason: string): undefined => {
    conversion.note('lost', `value ${type}`, id, reason);
  };
  const reason = conversion.truncated(stringAt(property, 'id') ?? '');
  if (reason !== undefined)
    conversion.note('approximated', `value ${type}`, id, `only a part of it is in the snapshot: ${reason}`);
  if (isEmpty(value)) return undefined;
  if (isReadOnlyPropertyType(type)) return lose(readOnlyReasons[type]);
  if (!isWritablePropertyType(type)) return lose('the API does not know this kind of value');
  const target = context.target(property);
  if (target === undefined) return lose('its data source has no such property');
  if (target.type !== type) return lose(`the property is of type ${target.type} in the copy`);
  const written = writers[type](value, { property, target, id, context });
  return written === undefined || isEmpty(written) ? undefined : { [type]: written };
}

interface Cell {
  readonly property: JsonObject;
  readonly target: TargetProperty;
  /** Its name in notes. */
  readonly id: string;
  readonly context: RowContext;
}

type Writer = (value: Json, cell: Cell) => Json | undefined;

const text: Writer = (value, { id, context }) => boundedRuns(value, id, context.conversion);
const asIs: Writer = (value) => value;

function bounded(maxLength: number): Writer {
  return (value, { property, id, context: { conversion } }) => {
    if (typeof value !== 'string') return undefined;
    if (value.length <= maxLength) return value;
    conversion.note('lost', `value ${stringAt(property, 'type')}`, id, `longer than ${maxLength} characters`);
    return undefined;
  };
}

const writers: Readonly<Record<WritablePropertyType, Writer>> = {
  title: text,
  rich_text: text,
  number: asIs,
  checkbox: asIs,
  url: bounded(2_000),
  email: bounded(200),
  phone_number: bounded(200),
  select: option,
  multi_select: (value, cell) =>
    Array.isArray(value)
      ? firstItems(
          value.flatMap((item): JsonObject[] => {
            const chosen = option(item, cell);
            return chosen === undefined ? [] : [chosen];
          }),
          cell,
        )
      : undefined,
  status: writeStatus,
  date: (value) => (isObject(value) ? dateRequest(value) : undefined),
  people: writePeople,
  files: writeFiles,
  relation: writeRelation,
  place: (value) => (isObject(value) ? place(value) : undefined),
};

/** As many items as one request may set. */
function firstItems(items: JsonObject[], { property, id, context }: Cell): JsonObject[] {
  if (items.length > maxItems)
    context.conversion.note(
      'lost',
      `value ${stringAt(property, 'type')}`,
      id,
      `one request sets at most ${maxItems}, and none adds to them: ${items.length - maxItems} are missing`,
    );
  return items.slice(0, maxItems);
}

/** An option by name: one the schema lacks (it takes 100) is created by the request. */
function option(value: Json, cell: Cell): JsonObject | undefined {
  const name = stringAt(value, 'name') ?? '';
  if (name === '') return undefined;
  const known = cell.target.option(value);
  if (known === undefined) noteOption(cell, `its property has no option ${name}: created`);
  else if (!known.isExact)
    noteOption(cell, `the API does not take the option ${name}: written as ${known.name}`);
  return { name: known?.name ?? writableOptionName(name) };
}

function noteOption({ property, id, context }: Cell, reason: string): void {
  context.conversion.note('approximated', `value ${stringAt(property, 'type')}`, id, reason);
}

function writeStatus(value: Json, cell: Cell): Json | undefined {
  const name = stringAt(value, 'name') ?? '';
  if (cell.target.option(value) !== undefined) return option(value, cell);
  cell.context.conversion.note('lost', 'value status', cell.id, `the schema has no status ${name}`);
  return undefined;
}

function writePeople(value: Json, cell: Cell): Json | undefined {
  const { id, context } = cell;
  const { conversion } = context;
  if (!Array.isArray(value)) return undefined;
  const people = value.flatMap((user): JsonObject[] => {
    const person = conversion.person(stringAt(user, 'id') ?? '');
    if (person !== undefined) return [{ object: 'user', id: person }];
    conversion.note(
      'lost',
      'value people',
      id,
      `${stringAt(user, 'name') ?? 'somebody'} is not in the target workspace`,
    );
    return [];
  });
  return firstItems(people, cell);
}

function writeFiles(value: Json, cell: Cell): Json | undefined {
  const { id, context } = cell;
  const { conversion } = context;
  if (!Array.isArray(value)) return undefined;
  const files = value.filter(isObject).flatMap((file): JsonObject[] => {
    const given = stringAt(file, 'name') ?? '';
    const written = writeFile(file, given, id, conversion);
    if (written === undefined) return [];
    const name = writableFileName(given);
    if (name !== given)
      conversion.note('approximated', 'value files', `${id}/${given}`, `the API refuses its name: ${name}`);
    return [{ name, ...written }];
  });
  return firstItems(files, cell);
}

function writeFile(
  file: JsonObject,
  name: string,
  id: string,
  conversion: Conversion,
): JsonObject | undefined {
  const lose = (reason: string): undefined => {
    conversion.note('lost', 'value files', `${id}/${name}`, reason);
  };
  if (file.type === 'external') {
    const url = webUrl(stringAt(objectAt(file, 'external'), 'url') ?? '');
    return url === undefined
      ? lose('its URL does not lead to the web')
      : { type: 'external', external: { url } };
  }
  const attached = attachFile(file.file, name, conversion);
  if ('lost' in attached) return lose(attached.lost);
  if (attached.renamed !== undefined)
    conversion.note(
      'approximated',
      'value files',
      `${id}/${name}`,
      `the API refuses its extension: uploaded as ${attached.renamed}`,
    );
  return attached.source;
}

function writeRelation(value: Json, { property, id, context }: Cell): Json | undefined {
  if (!Array.isArray(value) || context.isWrittenElsewhere(stringAt(property, 'id') ?? '')) return undefined;
  const related = value.flatMap((item): JsonObject[] => {
    const old = stringAt(item, 'id') ?? '';
    if (context.isStillToCome(old)) return [];
    const page = context.conversion.object(old);
    if (page !== undefined) return [{ id: page }];
    context.conversion.note('lost', 'value relation', `${id}/${old}`, 'the related page cannot be seen');
    return [];
  });
  if (related.length <= maxRelated) return related;
  context.conversion.note(
    'lost',
    'value relation',
    id,
    `one request relates at most ${maxRelated} pages, and none adds to them: ${related.length - maxRelated} are missing`,
  );
  return related.slice(0, maxRelated);
}

function place(value: JsonObject): JsonObject | undefined {
  const { lat, lon } = value;
  if (typeof lat !== 'number' || typeof lon !== 'number') return undefined;
  const words = ['name', 'address', 'aws_place_id', 'google_place_id'].flatMap((key) => {
    const word = stringAt(value, key);
    return word === undefined ? [] : [[key, word.slice(0, 2_000)]];
  });
  return { lat, lon, ...Object.fromEntries(words) };
}

/** True for a value that says nothing: it is left out. */
export function isEmpty(value: Json): boolean {
  return value === null || value === false || value === '' || (Array.isArray(value) && value.length === 0);
}
