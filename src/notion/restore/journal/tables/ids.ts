/**
 * The tables of ids: the copy of each original (`id`), everything the restore created or saw before it began (`created`),
 * objects created directly in the destination (`root`), and how many children each parent has (`children`).
 */
import type { Database } from '../../../../database.ts';
import type { CompactId, DashedId } from '../../../../document/notion-id.ts';
import { compactId, dashedId, decodedPropertyId } from '../../../../document/notion-id.ts';

export type IdKind =
  | 'page'
  | 'database'
  | 'data_source'
  | 'block'
  | 'view'
  | 'comment'
  | 'discussion'
  | 'property';

/** An object that lies directly in the destination: undoing means trashing it. */
export interface CreatedRoot {
  readonly id: string;
  readonly kind: 'page' | 'database';
}

/** An original and its copy. */
export interface IdPair {
  readonly old: CompactId;
  readonly fresh: DashedId;
  readonly kind: IdKind;
}

/** A property of an original data source and the property that stands for it; ids are decoded. */
export interface PropertyPair {
  readonly source: CompactId;
  readonly property: string;
  readonly copy: string;
}

export class IdTable {
  readonly #prepare: Database['prepare'];

  constructor(prepare: Database['prepare']) {
    this.#prepare = prepare;
  }

  /** The copy's id of an original page, database, data source, block, view or comment. */
  copyOf(original: CompactId): DashedId | undefined {
    return this.#copyOf<DashedId>(original);
  }

  map(original: CompactId, copy: string, kind: IdKind): void {
    this.#map(original, dashedId(copy), kind);
    this.#addCreated(copy, kind);
  }

  /** The copy's discussion of an original thread of comments. */
  threadOf(discussion: CompactId): DashedId | undefined {
    return this.#copyOf<DashedId>(`${discussion}/thread`);
  }

  mapThread(discussion: CompactId, copy: string): void {
    this.#map(`${discussion}/thread`, dashedId(copy), 'discussion');
    this.#addCreated(copy, 'discussion');
  }

  /** The copy's id of a property of the original data source `source`. */
  copyOfProperty(source: CompactId, property: string): string | undefined {
    return this.#copyOf(propertyKey(source, property));
  }

  mapProperty(source: CompactId, property: string, copy: string): void {
    this.#map(propertyKey(source, property), copy, 'property');
  }

  /** True when this restore created the object with this id, or saw it before it began. */
  isKnown(id: string): boolean {
    return this.#prepare('SELECT id FROM created WHERE id = ?').get(compactId(id)) !== undefined;
  }

  /** Records an object of the restore that stands for no original. */
  addExtra(id: string, kind: IdKind): void {
    this.#addCreated(id, kind);
  }

  /** Records an object that existed before the restore: it must not be mistaken for one of the restore's own. */
  markExisting(id: string): void {
    this.#addCreated(id, 'existing');
  }

  /** Numbers of created objects, by kind. */
  createdCounts(): { [kind: string]: number } {
    const rows = this.#prepare<[], { kind: string; count: number }>(
      "SELECT kind, count(*) AS count FROM created WHERE kind <> 'existing' GROUP BY kind",
    ).all();
    return Object.fromEntries(rows.map(({ kind, count }) => [kind, count]));
  }

  addRoot({ id, kind }: CreatedRoot): void {
    this.#prepare('INSERT OR IGNORE INTO root (id, kind) VALUES (?, ?)').run(compactId(id), kind);
  }

  /** Objects the restore created directly in the destination, in that order. */
  roots(): { readonly id: DashedId; readonly kind: string }[] {
    return this.#prepare<[], { id: string; kind: string }>('SELECT id, kind FROM root ORDER BY place')
      .all()
      .map(({ id, kind }) => ({ id: dashedId(id), kind }));
  }

  childCount(parent: string): number {
    const row = this.#prepare<[string], { count: number }>('SELECT count FROM children WHERE parent = ?').get(
      compactId(parent),
    );
    return row?.count ?? 0;
  }

  setChildCount(parent: string, count: number): void {
    this.#prepare('INSERT OR REPLACE INTO children VALUES (?, ?)').run(compactId(parent), count);
  }

  /** Like `setChildCount`, unless the number is known already. */
  setChildCountOnce(parent: string, count: number): void {
    this.#prepare('INSERT OR IGNORE INTO children VALUES (?, ?)').run(compactId(parent), count);
  }

  /** Every pair of original and copy, without properties and discussions. The journal is busy until the end is read. */
  pairs(): Iterable<IdPair> {
    return this.#prepare<[], IdPair>(
      "SELECT old, new AS fresh, kind FROM id WHERE kind NOT IN ('property', 'discussion')",
    ).iterate();
  }

  /** Every property of an original data source with that of its copy. */
  properties(): PropertyPair[] {
    return this.#prepare<[], { old: string; fresh: string }>(
      "SELECT old, new AS fresh FROM id WHERE kind = 'property'",
    )
      .all()
      .map(({ old, fresh }) => {
        const slash = old.indexOf('/');
        return {
          source: compactId(old.slice(0, slash)),
          property: old.slice(slash + 1),
          copy: decodedPropertyId(fresh),
        };
      });
  }

  #copyOf<Id extends string>(key: string): Id | undefined {
    return this.#prepare<[string], Id>('SELECT new FROM id WHERE old = ?').pluck().get(key);
  }

  #map(key: string, copy: string, kind: IdKind): void {
    this.#prepare('INSERT OR REPLACE INTO id VALUES (?, ?, ?)').run(key, copy, kind);
  }

  #addCreated(id: string, kind: string): void {
    this.#prepare('INSERT OR IGNORE INTO created VALUES (?, ?)').run(compactId(id), kind);
  }
}

/** Property ids are URL-encoded in some answers and plain in others. */
function propertyKey(source: CompactId, property: string): string {
  return `${source}/${decodedPropertyId(property)}`;
}
