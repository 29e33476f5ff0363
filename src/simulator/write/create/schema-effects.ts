/** Effects of a changed schema elsewhere in the workspace. */

import type { Context } from '../../protocol/routes.ts';
import { stringAt } from '../../workspace/json.ts';
import type { DataSource, PropertySchema, State } from '../../workspace/state.ts';
import { mirrorIdOf } from './schemas.ts';
import { mirrorRelations } from './values.ts';

/** Relations that became dual show their values on the other side at once. */
export function mirrorExisting(
  context: Context,
  source: DataSource,
  before: readonly PropertySchema[],
): void {
  const fresh = source.schema.filter((property) => {
    const mirrorId = mirrorIdOf(property);
    const was = before.find(({ id }) => id === property.id);
    return mirrorId !== undefined && was !== undefined && mirrorIdOf(was) !== mirrorId;
  });
  if (fresh.length === 0) return;
  for (const id of source.rows) {
    const page = context.state.pages.get(id);
    if (page !== undefined) mirrorRelations(context, page.id, fresh, {}, page.values);
  }
}

/** Rollups show the names their properties have now. */
export function refreshRollupNames(state: State): void {
  for (const source of state.dataSources.values()) {
    for (const property of source.schema)
      if (property.type === 'rollup') refreshNames(state, source, property);
  }
}

function refreshNames(state: State, source: DataSource, rollup: PropertySchema): void {
  const relation = source.schema.find(({ id }) => id === rollup.config.relation_property_id);
  if (relation === undefined) return;
  const related = state.dataSources.get(stringAt(relation.config, 'data_source_id') ?? '');
  const target = related?.schema.find(({ id }) => id === rollup.config.rollup_property_id);
  rollup.config = {
    ...rollup.config,
    relation_property_name: relation.name,
    ...(target === undefined ? {} : { rollup_property_name: target.name }),
  };
}
