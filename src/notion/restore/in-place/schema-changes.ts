/** Properties of a data source that differ from the snapshot's, matched by their ids. */
import type { JsonObject } from '../../../document/json.ts';
import { isObject, objectAt, stringAt } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { compactId, decodedPropertyId } from '../../../document/notion-id.ts';
import { propertyIdOf } from '../../../document/schema-names.ts';
import { translatedExpression } from '../databases/formulas.ts';
import { define, isLinked, isPlain, plainProperties } from '../databases/schema.ts';
import { optionsOf } from '../databases/schema-levels.ts';
import type { Conversion } from '../requests/conversion.ts';
import type { Difference } from './differences.ts';
import type { OptionChanges } from './option-changes.ts';
import { colourDifferences, optionChanges, optionDifferences } from './option-changes.ts';

export interface LinkedChange {
  /** The name of a property to be created, the id of one that is there. */
  readonly key: string;
  readonly property: JsonObject;
  readonly isThere: boolean;
}

/** Ids of today for those of the snapshot. */
export interface IdsNow {
  /** The id of a property; undefined when it is gone. Properties outside the restore have the id they had. */
  readonly property: (source: CompactId, property: string) => string | undefined;
  /** The id of a data source, compact; undefined when it is gone. */
  readonly source: (source: CompactId) => string | undefined;
  /** The data source that a relation of the snapshot leads to. */
  readonly targetOf?: (source: CompactId, property: string) => CompactId | undefined;
}

export interface SchemaChanges {
  readonly differences: readonly Difference[];
  /** Changes of properties that are there, by id, and properties to be created, by name. */
  readonly plain: JsonObject;
  /** Properties that name others, to be created or changed after those; `isThere` tells one that is changed. */
  readonly linked: readonly LinkedChange[];
  readonly options: readonly OptionChanges[];
  /** Ids of properties that were added since. */
  readonly added: readonly string[];
}

/** Compares the properties of a data source with the snapshot's. */
export function schemaChanges(
  source: CompactId,
  was: readonly JsonObject[],
  now: readonly JsonObject[],
  ids: IdsNow,
  conversion: Conversion,
): SchemaChanges {
  const differences: Difference[] = [];
  const plain: JsonObject = {};
  const linked: LinkedChange[] = [];
  const options: OptionChanges[] = [];
  const present = new Map(now.map((property) => [propertyIdOf(property), property]));
  const idNow = (property: JsonObject) =>
    ids.property(source, propertyIdOf(property)) ?? propertyIdOf(property);
  const added = addedProperties(was, now, idNow);
  const names = new Map(added.map((property) => [nameOf(property), property]));
  for (const property of was) {
    const other = present.get(decodedPropertyId(idNow(property)));
    if (other === undefined) {
      if (!addMissing(property, source, conversion, { plain, linked, differences })) continue;
      makeWay(names, nameOf(property), plain, differences);
      continue;
    }
    const change = propertyChange(property, other, source, conversion);
    if (change.name !== undefined) makeWay(names, nameOf(property), plain, differences);
    if (Object.keys(change).length > 0)
      define(plain, stringAt(other, 'id') ?? '', changeRequest(change, other, present));
    differences.push(...propertyDifferences(property, other, change));
    const link = isLinked(property) ? linkDifference(source, property, other, ids) : undefined;
    if (link !== undefined) {
      linked.push({ key: stringAt(other, 'id') ?? '', property, isThere: true });
      differences.push(link);
    }
    const chosen = optionChanges(property, other);
    if (chosen !== undefined) options.push(chosen);
    differences.push(...optionDifferences(property, chosen), ...colourDifferences(property, other));
  }
  for (const property of added)
    differences.push({
      what: 'property added',
      name: nameOf(property),
      now: stringAt(property, 'type') ?? '',
    });
  return {
    differences,
    plain,
    linked,
    options,
    added: added.map((property) => stringAt(property, 'id') ?? ''),
  };
}

function nameOf(property: JsonObject): string {
  return stringAt(property, 'name') ?? '';
}

function addedProperties(
  was: readonly JsonObject[],
  now: readonly JsonObject[],
  idNow: (property: JsonObject) => string,
): JsonObject[] {
  const known = new Set(was.map((property) => decodedPropertyId(idNow(property))));
  return now.filter((property) => !known.has(propertyIdOf(property)));
}

/** A property added since that has the name of one in the snapshot gets another. */
function makeWay(
  added: ReadonlyMap<string, JsonObject>,
  name: string,
  plain: JsonObject,
  differences: Difference[],
): void {
  const other = added.get(name);
  if (other === undefined) return;
  const fresh = `${name} (added)`;
  define(plain, stringAt(other, 'id') ?? '', { name: fresh });
  differences.push({ what: 'property renamed', name, now: name, was: fresh });
}

/** @returns false when no request can create it, or it is there again */
function addMissing(
  property: JsonObject,
  source: CompactId,
  conversion: Conversion,
  into: {
    readonly plain: JsonObject;
    readonly linked: LinkedChange[];
    readonly differences: Difference[];
  },
): boolean {
  const name = nameOf(property);
  const words = { what: 'property removed', name, was: stringAt(property, 'type') ?? '' } as const;
  if (isLinked(property)) into.linked.push({ key: name, property, isThere: false });
  else if (isPlain(property) && property.type !== 'title') {
    const quiet: Conversion = { ...conversion, note: () => {} };
    const { [name]: definition } = plainProperties([property], source, quiet);
    if (!isObject(definition)) {
      into.differences.push({ ...words, left: 'the API does not know its type' });
      return false;
    }
    define(into.plain, name, definition);
  } else {
    into.differences.push({ ...words, left: 'no request can create it' });
    return false;
  }
  into.differences.push(words);
  return true;
}

/** The change that gives a property its name, description and settings back; options aside. */
function propertyChange(
  was: JsonObject,
  now: JsonObject,
  source: CompactId,
  conversion: Conversion,
): JsonObject {
  const description = stringAt(was, 'description') ?? '';
  const change: JsonObject = {
    ...(nameOf(was) === nameOf(now) ? {} : { name: nameOf(was) }),
    ...(description === (stringAt(now, 'description') ?? '')
      ? {}
      : { description: description.slice(0, 280) }),
  };
  if (isLinked(was) || !isPlain(was) || was.type === 'title') return change;
  const [before, current] = [was, now].map((property) => settingsOf(property, source, conversion));
  if (before === undefined || before === current) return change;
  const parsed: unknown = JSON.parse(before);
  return isObject(parsed) ? { ...change, ...parsed } : change;
}

/** The change as a request: a description is taken beside a definition alone, which then says what the property is anyway. */
function changeRequest(change: JsonObject, now: JsonObject, present: PresentProperties): JsonObject {
  const { name: _, description, ...settings } = change;
  const isAlone = description !== undefined && Object.keys(settings).length === 0;
  return isAlone ? { ...change, ...presentDefinition(now, present) } : change;
}

/** By decoded id. */
type PresentProperties = ReadonlyMap<string, JsonObject>;

function presentDefinition(now: JsonObject, present: PresentProperties): JsonObject {
  const type = stringAt(now, 'type') ?? '';
  const settings = objectAt(now, type) ?? {};
  switch (type) {
    case 'select':
    case 'multi_select':
    case 'status':
      return { [type]: { options: optionsOf(now).map(({ id = null, name = null }) => ({ id, name })) } };
    case 'relation': {
      const { database_id: _, ...relation } = settings;
      return { [type]: relation };
    }
    case 'rollup': {
      const { relation_property_name: _, rollup_property_name: __, ...rollup } = settings;
      return { [type]: rollup };
    }
    case 'formula': {
      const stored = stringAt(settings, 'expression') ?? '';
      const expression = translatedExpression(stored, (_, id) => stringAt(present.get(id), 'name'));
      return { [type]: expression === undefined ? {} : { expression } };
    }
    case 'number':
    case 'unique_id':
      return { [type]: settings };
    default:
      return isPlain(now) || isLinked(now) ? { [type]: {} } : {};
  }
}

/** Type and settings of a plain property as one text, without its options. */
function settingsOf(property: JsonObject, source: CompactId, conversion: Conversion): string | undefined {
  const quiet: Conversion = { ...conversion, note: () => {} };
  const { [nameOf(property)]: definition } = plainProperties([property], source, quiet);
  if (!isObject(definition)) return undefined;
  const type = stringAt(definition, 'type') ?? '';
  const { options: _options, ...settings } = objectAt(definition, type) ?? {};
  return JSON.stringify({ type, [type]: settings });
}

function propertyDifferences(was: JsonObject, now: JsonObject, change: JsonObject): Difference[] {
  const { name, description, ...settings } = change;
  const found: Difference[] = [];
  if (name !== undefined)
    found.push({ what: 'property renamed', name: nameOf(was), was: nameOf(was), now: nameOf(now) });
  if (description !== undefined)
    found.push({
      what: 'property changed',
      name: nameOf(was),
      was: stringAt(was, 'description') ?? '',
      now: stringAt(now, 'description') ?? '',
    });
  if (Object.keys(settings).length > 0)
    found.push({ what: 'property changed', name: nameOf(was), was: typeWords(was), now: typeWords(now) });
  return found;
}

function typeWords(property: JsonObject): string {
  const type = stringAt(property, 'type') ?? '';
  const { options: _options, groups: _groups, ...settings } = objectAt(property, type) ?? {};
  return Object.keys(settings).length === 0 ? type : `${type} ${JSON.stringify(settings)}`;
}

/** The difference of a property that names others; it differs too when one that it names is gone or was created again. */
function linkDifference(
  source: CompactId,
  was: JsonObject,
  now: JsonObject,
  ids: IdsNow,
): Difference | undefined {
  const form = linkForm(now, source, sameIds);
  if (linkForm(was, source, ids) === form) return undefined;
  const words = { what: 'property changed', name: nameOf(was), was: linkForm(was, source, sameIds) } as const;
  return { ...words, now: words.was === form ? 'it names a property that is gone' : form };
}

const sameIds: IdsNow = { property: (_, property) => property, source: (source) => source };
const propertyToken = /(\{\{notion:block_property:)([^:}]*)(:)([^:}]*)/g;

/** The settings of a property that names others, as one text: by ids, which stay when names change. */
function linkForm(property: JsonObject, source: CompactId, ids: IdsNow): string {
  const type = stringAt(property, 'type') ?? '';
  const settings = objectAt(property, type) ?? {};
  const idNow = (home: CompactId, id: string) =>
    decodedPropertyId(ids.property(home, decodedPropertyId(id)) ?? `gone ${id}`);
  if (type === 'formula')
    return `formula ${(stringAt(settings, 'expression') ?? '').replace(
      propertyToken,
      (_, before: string, id: string, colon: string, home: string) =>
        `${before}${idNow(compactId(home), id)}${colon}${home}`,
    )}`;
  if (type === 'rollup') {
    const [through, gathered] = ['relation_property_id', 'rollup_property_id'].map(
      (key) => stringAt(settings, key) ?? '',
    );
    const target = ids.targetOf?.(source, decodedPropertyId(through ?? ''));
    return `rollup ${stringAt(settings, 'function') ?? ''} ${idNow(source, through ?? '')} ${
      target === undefined ? decodedPropertyId(gathered ?? '') : idNow(target, gathered ?? '')
    }`;
  }
  const isDual = objectAt(settings, 'dual_property') !== undefined;
  const target = compactId(stringAt(settings, 'data_source_id') ?? '');
  return `${type} ${compactId(ids.source(target) ?? `gone ${target}`)}${isDual ? ' on both sides' : ''}`;
}
