/** The properties of two versions of a data source, and their options, matched by their ids. */
import type { Json, JsonObject } from '../json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../json.ts';
import { decodedPropertyId } from '../notion-id.ts';
import type { Change } from './change.ts';
import { details } from './forms.ts';
import { matched } from './lists.ts';

/** Differences between two schemas. */
export function diffSchema(before: JsonObject, after: JsonObject): Change[] {
  const { added, removed, both } = matched(properties(before), properties(after), idOf);
  return [
    ...removed.map((property) => whole('removed', property)),
    ...added.map((property) => whole('added', property)),
    ...both.flatMap(({ before: was, after: is }) => diffProperty(was, is)),
  ];
}

/** Properties with their names, whatever key they stand under. */
function properties(source: JsonObject): JsonObject[] {
  return Object.entries(objectAt(source, 'properties') ?? {}).flatMap(([name, property]) =>
    isObject(property) ? [{ ...property, name }] : [],
  );
}

function idOf(property: JsonObject): string {
  return decodedPropertyId(stringAt(property, 'id') ?? stringAt(property, 'name') ?? '');
}

function whole(kind: 'added' | 'removed', property: JsonObject): Change {
  const type = stringAt(property, 'type') ?? '';
  const words = kind === 'added' ? { after: type } : { before: type };
  return { kind, part: 'property', id: idOf(property), name: stringAt(property, 'name') ?? '', ...words };
}

function diffProperty(was: JsonObject, is: JsonObject): Change[] {
  const [oldName, name] = [stringAt(was, 'name') ?? '', stringAt(is, 'name') ?? ''];
  const [oldType, type] = [stringAt(was, 'type') ?? '', stringAt(is, 'type') ?? ''];
  const common = { part: 'property', id: idOf(is), name } as const;
  const renamed: Change[] =
    oldName === name ? [] : [{ kind: 'renamed', ...common, before: oldName, after: name }];
  if (oldType !== type)
    return [
      ...renamed,
      { kind: 'changed', ...common, details: [{ name: 'type', before: oldType, after: type }] },
    ];
  const [oldConfig, config] = [configOf(was, type), configOf(is, type)];
  const other = [
    ...details(oldConfig, config),
    ...details({ description: was.description ?? null }, { description: is.description ?? null }),
  ];
  return [
    ...renamed,
    ...(other.length === 0 ? [] : [{ kind: 'changed', ...common, details: other } as const]),
    ...diffOptions(was, is, name),
  ];
}

/** Members that repeat what ids say, or that are compared as parts of their own. */
const derived = new Set([
  'options',
  'synced_property_name',
  'relation_property_name',
  'rollup_property_name',
]);

/** The configuration of a property, without its options and without the names of other properties. */
function configOf(property: JsonObject, type: string): JsonObject {
  const config = without(objectAt(property, type) ?? {});
  return isObject(config) ? config : {};
}

function without(value: Json): Json {
  if (Array.isArray(value)) return value.map(without);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([key]) => !derived.has(key));
  return Object.fromEntries(
    kept.map(([key, member]) => [key, key === 'groups' ? groups(member) : without(member)]),
  );
}

/** Groups of a status hold their options by id, and a new option belongs to one: the option itself tells of that. */
function groups(value: Json): Json {
  return (Array.isArray(value) ? value : []).map((group) => {
    const { option_ids: _ids, ...own } = isObject(group) ? group : {};
    return own;
  });
}

function diffOptions(was: JsonObject, is: JsonObject, property: string): Change[] {
  const { added, removed, both } = matched(options(was), options(is));
  const name = (option: JsonObject) => `${property}: ${stringAt(option, 'name') ?? ''}`;
  const id = (option: JsonObject) => stringAt(option, 'id') ?? '';
  return [
    ...removed.map(
      (option): Change => ({ kind: 'removed', part: 'option', id: id(option), name: name(option) }),
    ),
    ...added.map((option): Change => ({ kind: 'added', part: 'option', id: id(option), name: name(option) })),
    ...both.flatMap(({ before: old, after: now, hasMoved }): Change[] => {
      const common = { part: 'option', id: id(now), name: name(now) } as const;
      const [before, after] = [stringAt(old, 'name') ?? '', stringAt(now, 'name') ?? ''];
      const other = details(old, now, ['id', 'name']);
      return [
        ...(before === after ? [] : [{ kind: 'renamed', ...common, before, after } as const]),
        ...(other.length === 0 ? [] : [{ kind: 'changed', ...common, details: other } as const]),
        ...(hasMoved ? [{ kind: 'moved', ...common } as const] : []),
      ];
    }),
  ];
}

/** Options with the group that a status has for them. */
function options(property: JsonObject): JsonObject[] {
  const config = objectAt(property, stringAt(property, 'type') ?? '');
  const groupOf = new Map(
    arrayAt(config, 'groups').flatMap((group) =>
      arrayAt(group, 'option_ids').map((id) => [String(id), stringAt(group, 'name') ?? ''] as const),
    ),
  );
  return arrayAt(config, 'options')
    .filter(isObject)
    .map((option) => {
      const group = groupOf.get(stringAt(option, 'id') ?? '');
      return group === undefined ? option : { ...option, group };
    });
}
