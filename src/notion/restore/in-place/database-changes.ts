/** Everything in which a database differs from the snapshot: its looks, its data sources, their properties, its views. */
import type { DatabaseDocument, Gap } from '../../../document/documents.ts';
import type { JsonObject } from '../../../document/json.ts';
import { isObject, objectAt, stringAt } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { compactId, decodedPropertyId } from '../../../document/notion-id.ts';
import { plainText } from '../../../document/rich-text.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import type { Conversion } from '../requests/conversion.ts';
import { asItStands, asWritten } from '../requests/conversion.ts';
import { valueReferences } from '../requests/references.ts';
import type { RestoreContext } from '../requests/restore-context.ts';
import { boundedRuns } from '../requests/rich-text.ts';
import { appearanceChanges } from './appearance-changes.ts';
import type { Difference } from './differences.ts';
import { short } from './differences.ts';
import { stateChanges } from './page-changes.ts';
import type { Placement } from './placement.ts';
import { placementOf } from './placement.ts';
import type { PresentDatabase } from './present-state.ts';
import { withKnownFiles } from './present-state.ts';
import type { IdsNow, SchemaChanges } from './schema-changes.ts';
import { schemaChanges } from './schema-changes.ts';
import type { ViewChanges } from './view-changes.ts';
import { viewChanges } from './view-changes.ts';

export type DatabaseBefore = DatabaseDocument & { readonly gaps: readonly Gap[] };

/** The changes of one data source. */
export interface SourceChanges {
  readonly id: CompactId;
  readonly isTrashed: boolean;
  /** Title and icon; empty when they are the same. */
  readonly body: JsonObject;
  readonly schema: SchemaChanges;
}

export interface DatabaseChanges {
  readonly differences: readonly Difference[];
  readonly body: JsonObject;
  readonly placement: Placement | undefined;
  readonly sources: readonly SourceChanges[];
  readonly views: ViewChanges;
}

/** Compares a database with the snapshot's. `conversion` collects the files that the changes need. */
export async function databaseChanges(
  context: RestoreContext,
  object: RestoredObject,
  states: { readonly was: DatabaseBefore; readonly now: PresentDatabase },
  conversion: Conversion,
): Promise<DatabaseChanges> {
  const { was, now } = states;
  const before = was.database ?? {};
  const current = withKnownFiles(now.database ?? {}, before);
  await context.target.resolveLimits();
  await context.target.resolve(
    valueReferences([before.title ?? null, before.description ?? null, before.icon ?? null]),
  );
  const isKnown = was.database !== null && now.database !== null;
  const looks = isKnown
    ? appearanceChanges(before, current, object, conversion)
    : { differences: [], body: {} };
  const state = isKnown ? stateChanges(before, current) : { differences: [], body: {} };
  const texts = isKnown ? textChanges(object.id, before, current, conversion) : { differences: [], body: {} };
  const isInline = before.is_inline;
  const inline: JsonObject =
    isKnown && typeof isInline === 'boolean' && isInline !== current.is_inline ? { is_inline: isInline } : {};
  const placement = isKnown ? await placementOf(context, object, before, current) : undefined;
  const ids = idsNow(context);
  const sources: SourceChanges[] = [];
  const missing: Difference[] = [];
  for (const source of was.data_sources) {
    const id = compactId(stringAt(source, 'id') ?? '');
    const other = now.data_sources.find((found) => compactId(stringAt(found, 'id') ?? '') === id);
    if (other === undefined)
      missing.push({
        what: 'data source',
        name: plainText(source.title),
        now: 'it is gone',
        left: 'a data source of a database that is still there is not created again',
      });
    else
      sources.push(
        sourceChanges(id, source, other, { ids, hasOwnLooks: was.data_sources.length > 1, conversion }),
      );
  }
  const views = await viewChanges(
    context,
    object,
    { sources: was.data_sources, views: was.views },
    { sources: now.data_sources, views: now.views, gaps: now.gaps },
    was.gaps.some(({ what }) => what !== 'rows' && what !== 'media'),
  );
  return {
    differences: [
      ...state.differences,
      ...(placement?.differences ?? []),
      ...texts.differences,
      ...looks.differences,
      ...(Object.keys(inline).length === 0
        ? []
        : [{ what: 'inline' as const, was: String(isInline), now: String(current.is_inline === true) }]),
      ...missing,
      ...sources.flatMap(({ isTrashed, body, schema }) => [
        ...(isTrashed ? [{ what: 'in the trash' as const, name: 'data source' }] : []),
        ...(Object.keys(body).length === 0
          ? []
          : [{ what: 'data source' as const, name: Object.keys(body).join(', ') }]),
        ...schema.differences,
      ]),
      ...views.differences,
    ],
    body: { ...texts.body, ...looks.body, ...inline, ...state.body },
    placement,
    sources,
    views,
  };
}

/** Properties and data sources outside the restore have the ids they had. */
function idsNow({ journal }: RestoreContext): IdsNow {
  const isRestored = (source: CompactId) => journal.dataSources.schemaOf(source).length > 0;
  return {
    property: (source, property) =>
      journal.ids.copyOfProperty(source, property) ?? (isRestored(source) ? undefined : property),
    source: (source) => {
      const copy = journal.ids.copyOf(source);
      return copy === undefined ? (isRestored(source) ? undefined : source) : compactId(copy);
    },
    targetOf: (source, property) => {
      const relation = journal.dataSources
        .schemaOf(source)
        .find((candidate) => decodedPropertyId(stringAt(candidate, 'id') ?? '') === property);
      const target = stringAt(objectAt(relation, 'relation'), 'data_source_id');
      return target === undefined ? undefined : compactId(target);
    },
  };
}

function textChanges(
  id: string,
  was: JsonObject,
  now: JsonObject,
  conversion: Conversion,
): { readonly differences: readonly Difference[]; readonly body: JsonObject } {
  const differences: Difference[] = [];
  const body: JsonObject = {};
  for (const part of ['title', 'description'] as const) {
    const written = boundedRuns(was[part], id, asWritten(conversion));
    if (JSON.stringify(written) === JSON.stringify(boundedRuns(now[part], id, asItStands(conversion))))
      continue;
    body[part] = boundedRuns(was[part], id, conversion);
    differences.push({ what: part, was: short(plainText(was[part])), now: short(plainText(now[part])) });
  }
  return { differences, body };
}

function sourceChanges(
  id: CompactId,
  was: JsonObject,
  now: JsonObject,
  options: { readonly ids: IdsNow; readonly hasOwnLooks: boolean; readonly conversion: Conversion },
): SourceChanges {
  const { ids, hasOwnLooks, conversion } = options;
  const properties = (source: JsonObject) =>
    Object.entries(objectAt(source, 'properties') ?? {}).flatMap(([name, property]): JsonObject[] =>
      isObject(property) ? [{ name, ...property }] : [],
    );
  const quiet: Conversion = { ...conversion, note: () => {} };
  const title = boundedRuns(was.title, id, quiet);
  // The title of the only data source follows its database's.
  const isRetitled =
    hasOwnLooks && JSON.stringify(title) !== JSON.stringify(boundedRuns(now.title, id, quiet));
  return {
    id,
    isTrashed: now.in_trash === true && was.in_trash !== true,
    body: isRetitled ? { title } : {},
    schema: schemaChanges(id, properties(was), properties(now), ids, quiet),
  };
}
