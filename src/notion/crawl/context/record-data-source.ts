/** Records data sources that a crawl discovers, and the databases they belong to. */
import type { JsonObject } from '../../../document/json.ts';
import { arrayAt, objectAt, stringAt } from '../../../document/json.ts';
import { compactId } from '../../../document/notion-id.ts';
import { oddObject } from '../../api/odd-answer.ts';
import type { DiscoveryPath } from '../state/discovery-paths.ts';
import { databaseOf, parseParent } from '../state/parent.ts';
import type { CrawlContext } from './crawl-context.ts';
import { editedOf, idOf, isTrashed } from './notion-object.ts';
import { recordDatabase, recordReference } from './record-discovery.ts';

/** Records a data source that a listing showed or that was asked for; its database is then read too. */
export function recordDataSource(context: CrawlContext, source: JsonObject, path: DiscoveryPath): void {
  const { objects } = context.state;
  const id = idOf(source);
  if (id === undefined || (isTrashed(source) && !context.trash.isOn)) return;
  if (oddObject('data_source', source) !== undefined) {
    recordDataSourceReference(context, id, path);
    return;
  }
  const isNewer = keepDataSource(context, source, path);
  const database = databaseOf(source) ?? id;
  const known = objects.get(database);
  if (!context.plan.isWhole && (known === undefined || known.state === 'outside')) return;
  recordDatabase(context, database, path);
  learnPlace(context, database, source, known?.state === 'left-out' && isNewer);
  // Its schema changed after its database had been read.
  if (isNewer && known?.state === 'read') objects.setState(database, 'pending');
}

/** Keeps the object of a data source; true when it is newer than what was kept. */
export function keepDataSource(context: CrawlContext, source: JsonObject, path: DiscoveryPath): boolean {
  const id = idOf(source) ?? '';
  const found = { id, database: databaseOf(source) ?? id, object: source, edited: editedOf(source) };
  learnRelations(context, source);
  return context.state.dataSources.keep(found, path);
}

/** Records that something points at a data source: it is asked for later, unless it is known by then. */
export function recordDataSourceReference(context: CrawlContext, id: string, path: DiscoveryPath): void {
  const { dataSources } = context.state;
  const owner = dataSources.ownerOf(id);
  if (owner !== undefined) recordReference(context, owner, 'database', path);
  else if (context.plan.isWhole && !context.selected.hasIncludes) dataSources.addReference(id, path);
}

/** Keeps where the relations of a data source lead: what they name in a database left out need not be asked for it. */
export function learnRelations({ selected, state }: CrawlContext, source: JsonObject): void {
  if (!selected.isOn) return;
  for (const property of Object.values(objectAt(source, 'properties') ?? {})) {
    const database = stringAt(objectAt(property, 'relation'), 'database_id');
    const relation = { source: idOf(source) ?? '', property: stringAt(property, 'id') ?? '' };
    if (database !== undefined) state.relations.set(relation, compactId(database));
  }
}

/** Keeps which relation of its data source names the rows that a page relates to. */
export function learnRelated({ selected, state }: CrawlContext, page: JsonObject): void {
  const source = stringAt(objectAt(page, 'parent'), 'data_source_id');
  if (!selected.isOn || source === undefined) return;
  for (const value of Object.values(objectAt(page, 'properties') ?? {}))
    for (const item of arrayAt(value, 'relation')) {
      const relation = { source: compactId(source), property: stringAt(value, 'id') ?? '' };
      state.relations.name(relation, compactId(stringAt(item, 'id') ?? ''));
    }
}

/** A data source says where its database lies: what is left out above it need not be asked for it. */
function learnPlace(context: CrawlContext, database: string, source: JsonObject, isNews: boolean): void {
  if (!context.selected.isOn) return;
  const { leftOut } = context.state;
  const parent = objectAt(source, 'database_parent');
  if (parent !== undefined) leftOut.learn(database, { parent: parseParent(parent) });
  // It may have moved to where it is chosen.
  if (isNews) context.state.objects.setState(database, 'pending');
}
