/**
 * The property types this program knows, with the facts about them that several places need (API reference, "Page
 * properties", "Data source properties"; SDK 5.26). Renderers, the writer and the comparison decide by type in tables
 * `Record<KnownPropertyType, …>` of their own: a type added here does not compile until each of them has decided.
 * Properties of other types are kept as the API gave them.
 */

export interface PropertyType {
  /**
   * Requests can create such a property: with its data source (`plain`), once the properties it names exist (`linked`),
   * or never.
   */
  readonly schema: 'plain' | 'linked' | 'never';
  /** A request that sets a value gives a list, a single value or a flag; `read-only` values cannot be set. */
  readonly value: 'list' | 'single' | 'flag' | 'read-only';
  /** The page object holds the first 25 items of a longer value; the rest comes in pages. */
  readonly isPaginated?: true;
  /** The schema lists the options a value is chosen from. */
  readonly hasOptions?: true;
  /** Its values, and filters on it, name objects by id. */
  readonly refersTo?: 'pages' | 'people';
}

/** By the API's name. */
export const propertyTypes = {
  title: { schema: 'plain', value: 'list', isPaginated: true },
  rich_text: { schema: 'plain', value: 'list', isPaginated: true },
  number: { schema: 'plain', value: 'single' },
  select: { schema: 'plain', value: 'single', hasOptions: true },
  multi_select: { schema: 'plain', value: 'list', hasOptions: true },
  status: { schema: 'plain', value: 'single', hasOptions: true },
  date: { schema: 'plain', value: 'single' },
  people: { schema: 'plain', value: 'list', isPaginated: true, refersTo: 'people' },
  files: { schema: 'plain', value: 'list' },
  checkbox: { schema: 'plain', value: 'flag' },
  url: { schema: 'plain', value: 'single' },
  email: { schema: 'plain', value: 'single' },
  phone_number: { schema: 'plain', value: 'single' },
  relation: { schema: 'linked', value: 'list', isPaginated: true, refersTo: 'pages' },
  rollup: { schema: 'linked', value: 'read-only' },
  formula: { schema: 'linked', value: 'read-only' },
  unique_id: { schema: 'plain', value: 'read-only' },
  created_time: { schema: 'plain', value: 'read-only' },
  created_by: { schema: 'plain', value: 'read-only', refersTo: 'people' },
  last_edited_time: { schema: 'plain', value: 'read-only' },
  last_edited_by: { schema: 'plain', value: 'read-only', refersTo: 'people' },
  place: { schema: 'plain', value: 'single' },
  button: { schema: 'never', value: 'read-only' },
  // Wikis have it; requests could set it, but cannot create a wiki.
  verification: { schema: 'never', value: 'read-only' },
  // In the SDK's types, not in the reference.
  location: { schema: 'never', value: 'read-only' },
  last_visited_time: { schema: 'never', value: 'read-only' },
} as const satisfies Record<string, PropertyType>;

export type KnownPropertyType = keyof typeof propertyTypes;

type TypesWith<Fact> = {
  [Type in KnownPropertyType]: (typeof propertyTypes)[Type] extends Fact ? Type : never;
}[KnownPropertyType];

/** The types of properties that are created with their data source. */
export type PlainPropertyType = TypesWith<{ schema: 'plain' }>;

/** The types of properties that name others. */
export type LinkedPropertyType = TypesWith<{ schema: 'linked' }>;

/** The types whose values Notion computes or keeps to itself. */
export type ReadOnlyPropertyType = TypesWith<{ value: 'read-only' }>;

/** The types whose values requests can set. */
export type WritablePropertyType = Exclude<KnownPropertyType, ReadOnlyPropertyType>;

export function isKnownPropertyType(type: string): type is KnownPropertyType {
  return Object.hasOwn(propertyTypes, type);
}

/** The facts about `type`; undefined when it is unknown. */
export function propertyType(type: string): PropertyType | undefined {
  return isKnownPropertyType(type) ? propertyTypes[type] : undefined;
}

export function isPlainPropertyType(type: string): type is PlainPropertyType {
  return propertyType(type)?.schema === 'plain';
}

export function isLinkedPropertyType(type: string): type is LinkedPropertyType {
  return propertyType(type)?.schema === 'linked';
}

export function isReadOnlyPropertyType(type: string): type is ReadOnlyPropertyType {
  return propertyType(type)?.value === 'read-only';
}

export function isWritablePropertyType(type: string): type is WritablePropertyType {
  return isKnownPropertyType(type) && !isReadOnlyPropertyType(type);
}

const maxFileName = 100;

/** The name of a file in a property as a request can give it: never empty, and of 100 characters at most. */
export function writableFileName(name: string): string {
  return (name === '' ? 'untitled' : name).slice(0, maxFileName).toWellFormed();
}
