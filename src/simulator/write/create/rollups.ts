/** Rollups: what they gather must exist, and the function must fit it. */
import { validationError } from '../../protocol/api-error.ts';
import type { JsonObject } from '../../workspace/json.ts';
import { stringAt } from '../../workspace/json.ts';
import type { DataSource, PropertySchema } from '../../workspace/state.ts';
import type { Draft } from './draft.ts';
import { propertyOf, relatedSource } from './schemas.ts';

/** Types a function can be used on; functions that are not named take every type. */
const suitable: readonly (readonly [functions: string, types: string])[] = [
  ['sum average median min max range', 'number formula unique_id'],
  ['earliest_date latest_date date_range', 'date created_time last_edited_time formula'],
  ['checked unchecked percent_checked percent_unchecked', 'checkbox formula'],
  ['count_per_group percent_per_group', 'status select multi_select'],
];

/** The configuration with ids and names of both properties. @throws ApiError 400 */
export function storeRollup(
  draft: Draft,
  given: JsonObject,
  schema: readonly PropertySchema[],
  source: DataSource,
): JsonObject {
  const relation = propertyOf(schema, {
    id: stringAt(given, 'relation_property_id'),
    name: stringAt(given, 'relation_property_name'),
  });
  if (relation?.type !== 'relation') {
    throw validationError('The relation property of the rollup does not exist or is not a relation.');
  }
  const related = relatedSource(draft, relation, source);
  const target = propertyOf(related.id === source.id ? schema : related.schema, {
    id: stringAt(given, 'rollup_property_id'),
    name: stringAt(given, 'rollup_property_name'),
  });
  if (target === undefined)
    throw validationError('The rollup property does not exist in the related data source.');
  refuseUnsuitable(stringAt(given, 'function') ?? '', target);
  return {
    rollup_property_name: target.name,
    relation_property_name: relation.name,
    rollup_property_id: target.id,
    relation_property_id: relation.id,
    function: given.function ?? 'show_original',
  };
}

function refuseUnsuitable(name: string, target: PropertySchema): void {
  if (target.type === 'rollup') throw validationError('A rollup cannot gather the values of another rollup.');
  const rule = suitable.find(([functions]) => functions.split(' ').includes(name));
  if (rule === undefined || rule[1].split(' ').includes(target.type)) return;
  throw validationError(
    `The rollup function ${name} cannot be used on ${target.name}, which is of type ${target.type}.`,
  );
}
