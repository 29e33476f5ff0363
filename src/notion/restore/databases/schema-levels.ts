/**
 * The order in which properties can be created: one can only name existing ones. Level 0 are properties that name none;
 * they are created with the data source. Relations are level 1; rollups and formulas stand one above the highest they name.
 * Of a dual relation only one side is created; the other appears by itself and is renamed one level later.
 */
import type { JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { compactId, decodedPropertyId } from '../../../document/notion-id.ts';
import type { Journal } from '../journal/journal.ts';
import type { Schema } from '../journal/tables/data-sources.ts';
import { expressionReferences } from './formulas.ts';

/** A relation property, seen from one side. */
export interface RelationSide {
  readonly source: CompactId;
  readonly property: string;
  readonly name: string;
  readonly target: CompactId;
  /** The other side, when the relation shows on both and both are restored. */
  readonly mirror: { readonly property: string; readonly name: string } | undefined;
  /** False when this side appears by itself once the other is created. */
  readonly isCreated: boolean;
}

/** Both sides of every relation, with the one to be created chosen. Sides are named `source/property`. */
export function relationSides(
  journal: Journal,
  schemas: ReadonlyMap<CompactId, Schema>,
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
        isCreated: true,
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

function mirrorOf(relation: JsonObject, schemas: ReadonlyMap<CompactId, Schema>): RelationSide['mirror'] {
  const property = stringAt(objectAt(relation, 'dual_property'), 'synced_property_id');
  const target = schemas.get(compactId(stringAt(relation, 'data_source_id') ?? ''));
  const other = target?.find(
    (candidate) => decodedPropertyId(stringAt(candidate, 'id') ?? '') === decodedPropertyId(property ?? ''),
  );
  if (property === undefined || other === undefined) return undefined;
  return { property: decodedPropertyId(property), name: stringAt(other, 'name') ?? '' };
}

/**
 * The side with the longer lists is created and written, since its order then stays; unless they are longer than one
 * request may hold, when the other side's short lists add up to them.
 */
function chooseSide(journal: Journal, sides: Map<string, RelationSide>, side: RelationSide): void {
  if (side.mirror === undefined || !side.isCreated) return;
  const otherKey = sideKey(side.target, side.mirror.property);
  const other = sides.get(otherKey);
  if (other === undefined || !other.isCreated || other === side) return;
  const lengthOf = ({ source, property }: RelationSide) => journal.relations.maxLength(source, property);
  const [own, theirs] = [lengthOf(side), lengthOf(other)];
  const loser = isBetter(own, theirs) ? other : side;
  sides.set(sideKey(loser.source, loser.property), { ...loser, isCreated: false });
}

function isBetter(own: number, theirs: number): boolean {
  if (own > maxRelated !== theirs > maxRelated) return theirs > maxRelated;
  return own >= theirs;
}

/** Max number of pages one request may put into a relation. */
export const maxRelated = 100;

/** The level of every property that is not level 0, by `source/property`. */
export function levelsOf(
  schemas: ReadonlyMap<CompactId, Schema>,
  sides: ReadonlyMap<string, RelationSide>,
): Map<string, number> {
  const levels = new Map<string, number>();
  const visiting = new Set<string>();
  const levelOf = (source: CompactId, property: JsonObject): number => {
    const key = sideKey(source, decodedPropertyId(stringAt(property, 'id') ?? ''));
    const known = levels.get(key);
    if (known !== undefined) return known;
    // A cycle of formulas cannot exist; a broken snapshot must not cause an endless loop.
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
  source: CompactId,
  property: JsonObject,
  schemas: ReadonlyMap<CompactId, Schema>,
  sides: ReadonlyMap<string, RelationSide>,
  levelOf: (source: CompactId, property: JsonObject) => number,
): number {
  const find = (home: CompactId, id: string): JsonObject | undefined =>
    schemas.get(home)?.find((candidate) => decodedPropertyId(stringAt(candidate, 'id') ?? '') === id);
  if (property.type === 'relation') {
    const side = sides.get(sideKey(source, decodedPropertyId(stringAt(property, 'id') ?? '')));
    return side?.isCreated === false ? 2 : 1;
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
        // Some answers name a data source of zeros: it is the formula's own.
        const home = 'source' in reference && schemas.has(reference.source) ? reference.source : source;
        const found =
          'source' in reference
            ? find(home, reference.property)
            : schemas.get(source)?.find((candidate) => candidate.name === reference.name);
        return found === undefined ? 0 : levelOf(home, found);
      }),
    )
  );
}

/** Options of a select, multi-select or status property. */
export function optionsOf(property: JsonObject): JsonObject[] {
  return arrayAt(objectAt(property, stringAt(property, 'type') ?? ''), 'options').filter(isObject);
}
