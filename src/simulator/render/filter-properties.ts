/** `filter_properties`: the properties a page answer is to show. */
import { validationError } from '../protocol/api-error.ts';
import type { Context } from '../protocol/routes.ts';
import type { PropertySchema } from '../workspace/state.ts';
import { isProperty } from './schema.ts';

/**
 * `filter_properties` of the URL: ids or names, given once or several times; undefined when not given.
 * @throws ApiError when the schema has no such property
 */
export function filterProperties(
  context: Context,
  schema: readonly PropertySchema[],
): readonly string[] | undefined {
  const wanted = [
    ...context.query.getAll('filter_properties'),
    ...context.query.getAll('filter_properties[]'),
  ];
  for (const name of wanted) {
    if (schema.some((property) => isProperty(property, name))) continue;
    throw validationError(`Could not find property with name or id: ${name}`);
  }
  return wanted.length === 0 ? undefined : wanted;
}
