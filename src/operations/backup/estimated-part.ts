/**
 * The part of a workspace that a backup of given roots or with a selection would hold, by what one listing shows: the
 * title of a database is taken from its data source, and what lies in a block is counted as chosen.
 */
import type { JsonObject } from '../../document/json.ts';
import { objectAt, stringAt } from '../../document/json.ts';
import { safeName } from '../../document/names.ts';
import { compactId } from '../../document/notion-id.ts';
import type { Above, SelectableObject } from '../../document/selection/decide.ts';
import { decide, pathOf } from '../../document/selection/decide.ts';
import type { Selection } from '../../document/selection/selection.ts';
import { titleOf } from '../../document/title.ts';
import type { Parent } from '../../notion/crawl/state/parent.ts';
import { databaseOf, parentOf, parseParent } from '../../notion/crawl/state/parent.ts';

export class EstimatedPart {
  readonly #roots: ReadonlySet<string>;
  readonly #selection: Selection | undefined;
  readonly #objects = new Map<string, SelectableObject>();

  constructor(roots: readonly string[], selection: Selection | undefined) {
    this.#roots = new Set(roots.map(compactId));
    this.#selection = selection;
  }

  /** Adds an item of the listing. */
  add(item: JsonObject): void {
    if (this.#isWhole) return;
    const id = compactId(stringAt(item, 'id') ?? '');
    if (item.object === 'page') {
      const object = {
        id,
        kind: 'page',
        name: safeName(titleOf(item)),
        sources: [],
        hasAllSources: true,
      } as const;
      this.#objects.set(id, { ...object, above: this.#above(id, parentOf(item)) });
    } else if (item.object === 'data_source') {
      const database = databaseOf(item) ?? id;
      const sources = [...(this.#objects.get(database)?.sources ?? []), id];
      const object = { id: database, kind: 'database', name: safeName(titleOf(item)) } as const;
      const above = this.#above(database, parseParent(objectAt(item, 'database_parent')));
      this.#objects.set(database, { ...object, sources, hasAllSources: true, above });
    }
  }

  /** True for what would be read, as far as the listing tells. To be asked once everything was added. */
  holds(item: JsonObject): boolean {
    if (this.#isWhole) return true;
    const own = compactId(stringAt(item, 'id') ?? '');
    const id = item.object === 'data_source' ? (databaseOf(item) ?? own) : own;
    const lookup = (each: string) => this.#objects.get(each);
    const { path, isWhole } = pathOf(id, lookup);
    const isBelowRoot =
      this.#roots.size === 0 || path.some((part) => 'id' in part && this.#roots.has(part.id));
    if (!isBelowRoot && isWhole) return false;
    return this.#selection === undefined || decide(this.#selection, id, lookup).fate !== 'left-out';
  }

  /** Everything is chosen: nothing need be known of it. */
  get #isWhole(): boolean {
    return this.#roots.size === 0 && this.#selection === undefined;
  }

  #above(id: string, parent: Parent): Above {
    if (this.#roots.has(id) || parent.type === 'workspace') return { type: 'top' };
    const isNamed = parent.type === 'page' || parent.type === 'database';
    return isNamed ? { type: 'in', id: parent.id } : { type: 'unknown' };
  }
}
