/** The schema of a data source about to be: every property gets its id first, then relations, rollups and formulas meet. */

import { plainText } from '../../render/content.ts';
import type { JsonObject } from '../../workspace/json.ts';
import { isJsonObject, objectAt, stringAt } from '../../workspace/json.ts';
import type { DataSource, PropertySchema } from '../../workspace/state.ts';
import type { Draft } from './draft.ts';
import { storeExpression } from './formulas.ts';
import { storeRollup } from './rollups.ts';
import { definedType, newPropertyId, refuseImpossible, relatedSource, storeConfig } from './schemas.ts';

/** A property of a schema being built, with what the request said of it. */
export interface PropertyDraft {
  readonly property: PropertySchema;
  /** Value under the type's name in the request; undefined for a property the request does not define. */
  readonly given: JsonObject | undefined;
}

/** The properties of a request as a schema. @throws ApiError 400 or 404 */
export function newSchema(draft: Draft, given: JsonObject, source: DataSource): PropertySchema[] {
  const drafts: PropertyDraft[] = [];
  for (const [name, definition] of Object.entries(given)) {
    if (isJsonObject(definition)) drafts.push(newProperty(draft, name, definition, schemaOf(drafts)));
  }
  const schema = linkSchema(draft, drafts, source);
  refuseImpossible(schema);
  return schema;
}

/** A property with an id of its own. */
export function newProperty(
  draft: Draft,
  name: string,
  definition: JsonObject,
  taken: readonly PropertySchema[],
): PropertyDraft {
  const type = definedType(definition);
  const given = objectAt(definition, type);
  const id = type === 'title' ? 'title' : newPropertyId(draft.context.state, taken);
  const description = stringAt(definition, 'description') ?? null;
  return { property: { id, name, description, type, config: storeConfig(draft, type, given) }, given };
}

/** Completes what refers to other properties, mirrors of dual relations included. */
export function linkSchema(
  draft: Draft,
  drafts: readonly PropertyDraft[],
  source: DataSource,
): PropertySchema[] {
  const schema = schemaOf(drafts);
  for (const { property, given } of drafts) {
    if (given !== undefined && property.type === 'relation') linkMirror(draft, property, source, schema);
  }
  for (const { property, given } of drafts) {
    if (given !== undefined && property.type === 'rollup')
      property.config = storeRollup(draft, given, schema, source);
  }
  const { workspaceId } = draft.context.state;
  for (const { property, given } of drafts) {
    if (given === undefined || property.type !== 'formula') continue;
    const expression = stringAt(given, 'expression') ?? '';
    property.config = { expression: storeExpression(expression, property, schema, source, workspaceId) };
  }
  return schema;
}

/** A dual relation without a mirror gets one: "Related to X (…)", in the data source it leads to. */
function linkMirror(
  draft: Draft,
  property: PropertySchema,
  source: DataSource,
  schema: PropertySchema[],
): void {
  const dual = property.config.dual_property;
  if (!isJsonObject(dual) || dual.synced_property_id !== undefined) return;
  const related = relatedSource(draft, property, source);
  const isOwn = related.id === source.id;
  const others = isOwn ? schema : related.schema;
  const mirror: PropertySchema = {
    id: newPropertyId(draft.context.state, others),
    name: freeName(`Related to ${plainText(source.title) || 'New database'} (${property.name})`, others),
    description: null,
    type: 'relation',
    config: {
      database_id: source.databaseId,
      data_source_id: source.id,
      type: 'dual_property',
      dual_property: { synced_property_name: property.name, synced_property_id: property.id },
    },
  };
  property.config = {
    ...property.config,
    dual_property: { synced_property_name: mirror.name, synced_property_id: mirror.id },
  };
  if (isOwn) schema.push(mirror);
  else
    draft.waiting.push(() => {
      related.schema = [...related.schema, mirror];
    });
}

function freeName(wanted: string, schema: readonly PropertySchema[]): string {
  for (let number = 0; ; number += 1) {
    const name = number === 0 ? wanted : `${wanted} ${number}`;
    if (schema.every((property) => property.name !== name)) return name;
  }
}

function schemaOf(drafts: readonly PropertyDraft[]): PropertySchema[] {
  return drafts.map(({ property }) => property);
}
