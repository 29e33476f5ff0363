/** The ancestors of the object to be restored: one in the trash has everything below it there too. */
import type { JsonObject } from '../../../document/json.ts';
import { objectAt, stringAt } from '../../../document/json.ts';
import { compactId, dashedId } from '../../../document/notion-id.ts';
import { titleOf } from '../../../document/title.ts';
import type { NotionApi } from '../../api/api.ts';
import type { RestoreContext } from '../requests/restore-context.ts';
import { ask } from './present-state.ts';

/** A page, database, data source or block that lies in the trash above what is restored, and comes back with it. */
export interface TrashedAncestor {
  readonly id: string;
  readonly kind: 'page' | 'database' | 'data_source' | 'block';
  readonly title: string;
}

const paths = { page: 'pages', database: 'databases', data_source: 'data_sources', block: 'blocks' } as const;

/** The ancestors in the trash above an object with these parents, the highest first. */
export async function trashedAncestors(
  api: NotionApi,
  parents: readonly (JsonObject | undefined)[],
): Promise<TrashedAncestor[]> {
  const found = new Map<string, TrashedAncestor>();
  for (const parent of parents) {
    const chain: TrashedAncestor[] = [];
    let place = placeOf(parent);
    let above: JsonObject | undefined;
    for (let depth = 0; place !== undefined && depth < 100; depth += 1) {
      const object: JsonObject | undefined = await ask(api, `${paths[place.kind]}/${dashedId(place.id)}`);
      if (object === undefined && place.kind === 'database' && above !== undefined) {
        // A database whose only data source is in the trash cannot be seen.
        chain.unshift({ id: compactId(place.id), kind: 'database', title: '' });
        place = placeOf(objectAt(above, 'database_parent'));
        continue;
      }
      if (object === undefined) break;
      above = object;
      if (object.in_trash === true)
        chain.unshift({ id: compactId(place.id), kind: place.kind, title: titleIn(object) });
      place = placeOf(objectAt(object, 'parent'));
    }
    for (const ancestor of chain) if (!found.has(ancestor.id)) found.set(ancestor.id, ancestor);
  }
  return [...found.values()];
}

function placeOf(
  parent: JsonObject | undefined,
): { readonly kind: TrashedAncestor['kind']; readonly id: string } | undefined {
  for (const kind of ['data_source', 'page', 'database', 'block'] as const) {
    const id = stringAt(parent, `${kind}_id`);
    if (id !== undefined) return { kind, id };
  }
  return undefined;
}

function titleIn(object: JsonObject): string {
  if (object.object === 'block') return `a ${stringAt(object, 'type') ?? 'block'}`;
  return titleOf(object);
}

/** Takes the ancestors out of the trash, from the highest down; one that came out with a higher one is left alone. */
export async function untrashAncestors(
  { api, writer }: RestoreContext,
  ancestors: readonly TrashedAncestor[],
): Promise<void> {
  // A database shows itself only once its data source is back.
  const hidden = ancestors.filter(({ kind }) => kind === 'database');
  for (const { id, kind } of [...ancestors, ...hidden]) {
    const path = `${paths[kind]}/${dashedId(id)}`;
    if ((await ask(api, path))?.in_trash !== true) continue;
    await writer.write({
      key: `untrash ${id}`,
      request: () => ({ method: 'patch', path, body: { in_trash: false }, effect: 'write' }),
      keep: () => ({}),
    });
  }
}
