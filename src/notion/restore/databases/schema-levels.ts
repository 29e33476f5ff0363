/**
 * In which order properties can be made: one can only name what exists. Level 0 are properties that name nothing; they
 * come with the data source. Relations are level 1; rollups and formulas stand one above the highest they name.
 * Of a dual relation only one side is made; the other appears by itself and is renamed one level later.
 */
import type { JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../../document/json.ts';
import { compactId } from '../../../document/notion-id.ts';
import type { Journal } from '../journal/journal.ts';
import { decodedPropertyId } from '../journal/journal.ts';
import { expressionReferences } from './formulas.ts';

/** A relation property, seen from one side. */
export interface RelationSide {
  readonly source: string;
  readonly property: string;
  readonly name: string;
  readonly target: string;
  /** The other side, when the relation shows on both and both are restored. */
  readonly mirror: { readonly property: string; readonly name: string } | undefined;
  /** False when this side appears by itself once the other is made. */
  readonly isMade: boolean;
}

/** A data source's properties as the snapshot has them. */
export type Schema = readonly JsonObject[];

/** The schemas of all restored data sources, by id. */
export function schemasIn(journal: Journal): Map<string, Schema> {
  const rows = journal.prepare<[], { id: string; schema: string }>('SELECT id, schema FROM source').all();
  return new Map(rows.map(({ id, schema }) => [id, parsedSchema(schema)]));
}

/** The schema of one data source. */
export function schemaOf(journal: Journal, source: string): Schema {
  const text = journal
    .prepare<[string], string>('SELECT schema FROM source WHERE id = ?')
    .pluck()
    .get(source);
  return text === undefined ? [] : parsedSchema(text);
}

function parsedSchema(text: string): Schema {
  const value: unknown = JSON.parse(text);
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Both sides of every relation, the one to be made chosen. Sides are named `source/property`. */
export function relationSides(
  journal: Journal,
  schemas: ReadonlyMap<string, Schema>,
): Map<string, RelationSide> {
  const sides = new Map<string, RelationSide>();
  for (const [source, schema] of schemas) {
    for (const property of schema) {
      if (property.type !== 'relation') continue;
      const relation = objectAt(property, 'relation') ?? {};
      const side = {
        source,
        property: decodedPropertyId(stringAt(property, 'id') ?? ''),
        name: stringAt(property, 'name') ?? '',
        target: compactId(stringAt(relation, 'data_source_id') ?? ''),
        mirror: mirrorOf(relation, schemas),
        isMade: true,
      };
      sides.set(sideKey(side.source, side.property), side);
    }
  }
  for (const side of sides.values()) chooseSide(journal, sides, side);
  return sides;
}

export function sideKey(source: string, property: string): string {
  return `${source}/${property}`;
}

function mirrorOf(relation: JsonObject, schemas: ReadonlyMap<string, Schema>): RelationSide['mirror'] {
  const property = stringAt(objectAt(relation, 'dual_property'), 'synced_property_id');
  const target = schemas.get(compactId(stringAt(relation, 'data_source_id') ?? ''));
  const other = target?.find(
    (candidate) => decodedPropertyId(stringAt(candidate, 'id') ?? '') === decodedPropertyId(property ?? ''),
  );
  if (property === undefined || other === undefined) return undefined;
  return { property: decodedPropertyId(property), name: stringAt(other, 'name') ?? '' };
}

/**
 * The side with the longer lists is made and written, since its order then stays; unless they are longer than one
 * request may hold, when the other side's short lists add up to them.
 */
function chooseSide(journal: Journal, sides: Map<string, RelationSide>, side: RelationSide): void {
  if (side.mirror === undefined || !side.isMade) return;
  const otherKey = sideKey(side.target, side.mirror.property);
  const other = sides.get(otherKey);
  if (other === undefined || !other.isMade || other === side) return;
  const [own, theirs] = [longestList(journal, side), longestList(journal, other)];
  const loser = isBetter(own, theirs) ? other : side;
  sides.set(sideKey(loser.source, loser.property), { ...loser, isMade: false });
}

function isBetter(own: number, theirs: number): boolean {
  if (own > maxRelated !== theirs > maxRelated) return theirs > maxRelated;
  return own >= theirs;
}

/** Most pages one request may put into a relation. */
export const maxRelated = 100;

function longestList(journal: Journal, { source, property }: RelationSide): number {
  const longest = journal
    .prepare<[string, string], number | null>(
      `SELECT max(length) FROM (SELECT count(*) AS length FROM relation JOIN object ON object.id = relation.row
        WHERE object.source = ? AND relation.property = ? GROUP BY relation.row)`,
    )
    .pluck()
    .get(source, property);
  return longest ?? 0;
}

/** The level of every property that is not level 0, by `source/property`. */
export function levelsOf(
  schemas: ReadonlyMap<string, Schema>,
  sides: ReadonlyMap<string, RelationSide>,
): Map<string, number> {
  const levels = new Map<string, number>();
  const visiting = new Set<string>();
  const levelOf = (source: string, property: JsonObject): number => {
    const key = sideKey(source, decodedPropertyId(stringAt(property, 'id') ?? ''));
    const known = levels.get(key);
    if (known !== undefined) return known;
    // A circle of formulas cannot be; a broken snapshot must not hang us.
    if (visiting.has(key)) return 0;
    visiting.add(key);
    const level = findLevel(source, property, schemas, sides, levelOf);
    visiting.delete(key);
    if (level > 0) levels.set(key, level);
    return level;
  };
  for (const [source, schema] of schemas) for (const property of schema) levelOf(source, property);
  return levels;
}

function findLevel(
  source: string,
  property: JsonObject,
  schemas: ReadonlyMap<string, Schema>,
  sides: ReadonlyMap<string, RelationSide>,
  levelOf: (source: string, property: JsonObject) => number,
): number {
  const find = (home: string, id: string): JsonObject | undefined =>
    schemas.get(home)?.find((candidate) => decodedPropertyId(stringAt(candidate, 'id') ?? '') === id);
  if (property.type === 'relation') {
    const side = sides.get(sideKey(source, decodedPropertyId(stringAt(property, 'id') ?? '')));
    return side?.isMade === false ? 2 : 1;
  }
  if (property.type === 'rollup') {
    const rollup = objectAt(property, 'rollup') ?? {};
    const side = sides.get(
      sideKey(source, decodedPropertyId(stringAt(rollup, 'relation_property_id') ?? '')),
    );
    const target =
      side === undefined
        ? undefined
        : find(side.target, decodedPropertyId(stringAt(rollup, 'rollup_property_id') ?? ''));
    return 1 + Math.max(1, target === undefined || side === undefined ? 0 : levelOf(side.target, target));
  }
  if (property.type !== 'formula') return 0;
  const named = [...expressionReferences(stringAt(objectAt(property, 'formula'), 'expression') ?? '')];
  return (
    1 +
    Math.max(
      0,
      ...named.map((reference) => {
        const home = 'source' in reference ? reference.source : source;
        const found =
          'source' in reference
            ? find(home, reference.property)
            : schemas.get(source)?.find((candidate) => candidate.name === reference.name);
        return found === undefined ? 0 : levelOf(schemas.has(home) ? home : source, found);
      }),
    )
  );
}

/** Options of a select, multi-select or status property. */
export function optionsOf(property: JsonObject): JsonObject[] {
  return arrayAt(objectAt(property, stringAt(property, 'type') ?? ''), 'options').filter(isObject);
}
