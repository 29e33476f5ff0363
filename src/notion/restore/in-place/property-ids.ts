/** The ids that properties of the snapshot have now: one that was removed and created again has another. */
import type { JsonObject } from '../../../document/json.ts';
import { stringAt } from '../../../document/json.ts';
import { compactId } from '../../../document/notion-id.ts';
import { namedProperties, propertyIdOf } from '../../../document/schema-names.ts';
import type { NotionApi } from '../../api/api.ts';
import type { Journal } from '../journal/journal.ts';
import type { PropertyPair } from '../journal/tables/ids.ts';
import type { InPlaceRun } from './in-place-run.ts';
import { databaseBefore, sourceNow } from './present-state.ts';

/**
 * The ids that the properties of the snapshot have now. For a missing one stands the one that an earlier restore created in
 * its place, whatever it is called now, or else one of its name and type: somebody created it again.
 */
export function propertyIdsNow(
  was: readonly JsonObject[],
  now: readonly JsonObject[],
  earlier: readonly PropertyPair[] = [],
): ReadonlyMap<string, string> {
  const present = new Map(now.map((property) => [propertyIdOf(property), property]));
  const free = new Set(present.keys());
  const found = new Map<string, string>();
  const take = (property: JsonObject, other: JsonObject | undefined): void => {
    if (other === undefined || found.has(propertyIdOf(property)) || !free.has(propertyIdOf(other))) return;
    free.delete(propertyIdOf(other));
    found.set(propertyIdOf(property), stringAt(other, 'id') ?? '');
  };
  for (const property of was) take(property, present.get(propertyIdOf(property)));
  for (const property of was)
    for (const pair of earlier) {
      const other = pair.property === propertyIdOf(property) ? present.get(pair.copy) : undefined;
      if (other?.type === property.type) take(property, other);
    }
  for (const property of was)
    take(
      property,
      now.find(
        (candidate) =>
          free.has(propertyIdOf(candidate)) &&
          nameOf(candidate) === nameOf(property) &&
          candidate.type === property.type,
      ),
    );
  return found;
}

/** Notes the ids that the properties of existing data sources have now. Those that are gone get none. */
export async function recordProperties(api: NotionApi, journal: Journal, run: InPlaceRun): Promise<void> {
  for (const object of journal.objects.all()) {
    const sources = journal.dataSources.of(object.id).filter((source) => journal.inPlace.isExisting(source));
    if (sources.length === 0) continue;
    const before = await databaseBefore(journal, run, object.id);
    for (const source of sources) {
      const found =
        before?.data_sources.find((each) => compactId(stringAt(each, 'id') ?? '') === source) ??
        (await sourceNow(api, run, source));
      const was = journal.dataSources.schemaOf(source);
      // What cannot be seen is taken for what it was: the plan finds out when it compares.
      const now = found === undefined ? was : namedProperties(found);
      const earlier = run.earlierProperties?.filter((pair) => pair.source === source) ?? [];
      for (const [id, copy] of propertyIdsNow(was, now, earlier)) journal.ids.mapProperty(source, id, copy);
    }
  }
}

function nameOf(property: JsonObject): string {
  return stringAt(property, 'name') ?? '';
}
