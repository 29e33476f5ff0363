/** The properties of a data source as a view names them, and a row's values by them. */
import type { Gap } from '../documents.ts';
import { Gaps } from '../gaps.ts';
import type { Json, JsonObject } from '../json.ts';
import { isObject, stringAt } from '../json.ts';
import { decodedPropertyId } from '../notion-id.ts';

/** A row of a database. */
export interface ViewRow {
  /** The page object of its document. */
  readonly page: JsonObject;
  /** The gaps of its document. */
  readonly gaps?: readonly Gap[];
  /** Set on templates: no view shows them. */
  readonly template_of?: string;
}

/** A property of a data source. */
export interface SchemaProperty {
  /** Decoded. */
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** The property as the schema has it. */
  readonly config: JsonObject;
}

/** The properties of a data source, in their order. @param properties the object of that name of a data source */
export function schemaProperties(properties: JsonObject): SchemaProperty[] {
  return Object.entries(properties).flatMap(([name, config]) =>
    isObject(config)
      ? [
          {
            id: decodedPropertyId(stringAt(config, 'id') ?? name),
            name,
            type: stringAt(config, 'type') ?? '',
            config,
          },
        ]
      : [],
  );
}

/** The property that a view names by its id or its name; the id counts first. */
export function propertyNamed(
  schema: readonly SchemaProperty[],
  key: string | undefined,
): SchemaProperty | undefined {
  if (key === undefined) return undefined;
  return schema.find(({ id }) => id === decodedPropertyId(key)) ?? schema.find(({ name }) => name === key);
}

/**
 * The value under the type's name in the row; undefined when it is not known: the row was read before or after the
 * property had this type, Notion could not compute it, or it is not whole.
 */
export function rowValue({ page, gaps }: ViewRow, property: SchemaProperty): Json | undefined {
  const found = Object.entries(isObject(page.properties) ? page.properties : {}).find(
    ([name, value]) =>
      decodedPropertyId(stringAt(value, 'id') ?? '') === property.id ||
      (stringAt(value, 'id') === undefined && name === property.name),
  );
  if (found === undefined) return undefined;
  const [name, own] = found;
  if (!isObject(own) || own.type !== property.type) return undefined;
  if (gaps !== undefined && gaps.length > 0 && new Gaps({ gaps }).ofProperty(name, own) !== undefined)
    return undefined;
  const value = own[property.type];
  const isUncomputed = ['unsupported', 'incomplete'].includes(stringAt(value, 'type') ?? '');
  const isComputed = property.type === 'formula' || property.type === 'rollup';
  return isComputed && isUncomputed ? undefined : value;
}
