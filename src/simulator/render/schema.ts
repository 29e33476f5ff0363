/** Property schemas: whose they are, how ids are written, and how a data source shows them. */
import type { Json, JsonObject } from '../workspace/json.ts';
import type { DataSource, Page, PropertySchema, State } from '../workspace/state.ts';
import type { RenderContext } from './content.ts';
import { isChosen } from './content.ts';

const titleOnly: readonly PropertySchema[] = [
  { id: 'title', name: 'title', description: null, type: 'title', config: {} },
];

/** The schema a page's values follow: its data source's, or a lone title. */
export function schemaOf(state: State, page: Page): readonly PropertySchema[] {
  if (page.parent.type !== 'data_source_id') return titleOnly;
  return state.dataSources.get(page.parent.id)?.schema ?? titleOnly;
}

/** Ids as answers write them. */
export function encodedId(id: string): string {
  return encodeURIComponent(id);
}

/** True when `wanted` is the property's id, encoded or not, or its name. */
export function isProperty(property: PropertySchema, wanted: string): boolean {
  return wanted === property.id || wanted === encodedId(property.id) || wanted === property.name;
}

/** `properties` of a data source object. */
export function renderSchema(context: RenderContext, source: DataSource): JsonObject {
  const result: JsonObject = {};
  for (const property of source.schema) {
    const type = isUnknown(context, property) ? 'telepathy' : property.type;
    result[property.name] = {
      id: encodedId(property.id),
      name: property.name,
      description: property.description,
      type,
      [type]: type === property.type ? renderConfig(context, property) : { range: 'far' },
    };
  }
  return result;
}

/** True when the unknown-property fault turns this property into one nobody knows. */
export function isUnknown(context: Pick<RenderContext, 'faults'>, property: PropertySchema): boolean {
  return property.type !== 'title' && isChosen(context, 'unknownPropertyType', property.id);
}

function renderConfig(context: RenderContext, property: PropertySchema): Json {
  const { config } = property;
  if (property.type === 'relation') return relationConfig(context.state, config);
  if (property.type !== 'rollup') return config;
  const { relation_property_id, rollup_property_id, relation_property_name, rollup_property_name } = config;
  return {
    rollup_property_name: rollup_property_name ?? null,
    relation_property_name: relation_property_name ?? null,
    rollup_property_id: written(rollup_property_id),
    relation_property_id: written(relation_property_id),
    function: config.function ?? null,
  };
}

/** The database is looked up, and the mirror property's name with it, so that renaming shows. */
function relationConfig(state: State, config: JsonObject): JsonObject {
  const source =
    typeof config.data_source_id === 'string' ? state.dataSources.get(config.data_source_id) : undefined;
  const databaseId = source?.databaseId ?? config.database_id ?? null;
  const dual = config.dual_property;
  if (typeof dual !== 'object' || dual === null || Array.isArray(dual)) {
    return { ...config, database_id: databaseId, type: 'single_property', single_property: {} };
  }
  const mirror = source?.schema.find((property) => property.id === dual.synced_property_id);
  return {
    ...config,
    database_id: databaseId,
    type: 'dual_property',
    dual_property: {
      synced_property_name: mirror?.name ?? dual.synced_property_name ?? null,
      synced_property_id: written(dual.synced_property_id),
    },
  };
}

function written(id: Json | undefined): Json {
  return typeof id === 'string' ? encodedId(id) : null;
}
