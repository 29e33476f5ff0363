/** Facts about requests that were sent, which later requests build on; the same in every run. */
import type { JsonObject } from '../../../../document/json.ts';
import { isObject, stringAt } from '../../../../document/json.ts';
import type { CompactId } from '../../../../document/notion-id.ts';
import { compactId } from '../../../../document/notion-id.ts';
import type { FactTable } from './facts.ts';

/** A view that Notion created by itself, with the (new) data source it shows. */
export interface DefaultView {
  readonly id: string;
  readonly source: string;
}

export class ProgressFacts {
  readonly #facts: FactTable;

  constructor(facts: FactTable) {
    this.#facts = facts;
  }

  /** The block that the blocks written under `key` follow; null at the start, undefined when not yet determined. */
  anchorOf(key: string): string | null | undefined {
    const anchor = this.#facts.get('anchor', key);
    return anchor === '' ? null : anchor;
  }

  setAnchor(key: string, anchor: string | null): void {
    this.#facts.set('anchor', key, anchor ?? '');
  }

  /** Notion's reason for refusing the one block sent under `key`. */
  refusalOf(key: string): string | undefined {
    return this.#facts.get('refusal', key);
  }

  setRefusal(key: string, reason: string): void {
    this.#facts.set('refusal', key, reason);
  }

  /** Number of blocks that the page was created with. */
  blocksWithPage(page: CompactId): number {
    return Number(this.#facts.get('blocks with page', page) ?? 0);
  }

  setBlocksWithPage(page: CompactId, count: number): void {
    this.#facts.set('blocks with page', page, String(count));
  }

  /** Names of properties that the page was created without and that are set later. */
  pendingProperties(page: CompactId): readonly string[] {
    const value: unknown = JSON.parse(this.#facts.get('pending properties', page) ?? '[]');
    return Array.isArray(value) ? value.map(String) : [];
  }

  setPendingProperties(page: CompactId, names: readonly string[]): void {
    this.#facts.set('pending properties', page, JSON.stringify(names));
  }

  /** Views that Notion created with the copy of a database; undefined as long as nobody asked. */
  defaultViews(database: CompactId): readonly DefaultView[] | undefined {
    const text = this.#facts.get('default views', database);
    if (text === undefined) return undefined;
    const value: unknown = JSON.parse(text);
    const items: JsonObject[] = Array.isArray(value) ? value.filter(isObject) : [];
    return items.map((item) => ({ id: stringAt(item, 'id') ?? '', source: stringAt(item, 'source') ?? '' }));
  }

  setDefaultViews(database: CompactId, views: readonly DefaultView[]): void {
    this.#facts.set('default views', database, JSON.stringify(views));
  }

  /** True for a property that could not be created in the copy of its data source. */
  isPropertyLost(source: CompactId, property: string): boolean {
    return this.#facts.has('lost property', `${source}/${property}`);
  }

  markPropertyLost(source: CompactId, property: string): void {
    this.#facts.set('lost property', `${source}/${property}`, 'yes');
  }

  /** The page that a linked database is created on; empty for the destination. */
  pageOfLinkedDatabase(database: CompactId): CompactId | undefined {
    const page = this.#facts.get('page of linked database', database);
    return page === undefined || page === '' ? undefined : compactId(page);
  }

  setPageOfLinkedDatabase(database: CompactId, page: CompactId | undefined): void {
    this.#facts.set('page of linked database', database, page ?? '');
  }
}
