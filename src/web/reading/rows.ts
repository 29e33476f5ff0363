/**
 * The rows of one database, read in the order of the tree and no further than somebody looks. Their blocks are not kept. A view that
 * sorts or filters needs all of them: reading goes on between requests until they are there.
 */
import { setImmediate } from 'node:timers/promises';
import type { WalkedEntry } from '../../document/content.ts';
import { parentPath } from '../../document/names.ts';
import type { ViewRow } from '../../document/views/view-schema.ts';
import { asPage, parseDocument, readBytes } from '../../operations/documents/read-document.ts';
import type { PlacedObject } from './objects.ts';
import { Recent } from './recent.ts';
import type { OpenSnapshot } from './snapshot.ts';

export interface Row extends ViewRow {
  /** Compact id of its page. */
  readonly id: string;
}

/** Views of more rows show these alone, and say so. */
export const maxRows = 20_000;

export class DatabaseRows {
  readonly rows: Row[] = [];
  readonly #snapshot: OpenSnapshot;
  readonly #path: string;
  #walk: AsyncIterator<WalkedEntry> | undefined;
  #turn: Promise<void> = Promise.resolve();
  #isWhole = false;
  #isGoingOn = false;

  constructor(snapshot: OpenSnapshot, { path }: PlacedObject) {
    this.#snapshot = snapshot;
    this.#path = path;
  }

  /** True when every row has been read, or as many as views show. */
  get isWhole(): boolean {
    return this.#isWhole || this.rows.length >= maxRows;
  }

  /** True when there are more rows than views show. */
  get isCut(): boolean {
    return !this.#isWhole && this.rows.length >= maxRows;
  }

  /** Reads until there are `count` rows, or no more. @throws KlosetError `integrity` */
  async upTo(count: number): Promise<void> {
    await this.#more(() => this.rows.length >= count);
  }

  /** Reads all rows for at most `budgetMs`; what is left is read in the background. @throws KlosetError `integrity` */
  async allWithin(budgetMs: number): Promise<void> {
    const until = performance.now() + budgetMs;
    await this.#more(() => performance.now() > until);
    if (!this.isWhole) void this.#goOn();
  }

  async #goOn(): Promise<void> {
    if (this.#isGoingOn) return;
    this.#isGoingOn = true;
    try {
      while (!this.isWhole) {
        const until = performance.now() + 10;
        await this.#more(() => performance.now() > until);
        await setImmediate();
      }
    } catch {
      // The next who looks meets the damage again and is told.
    } finally {
      this.#isGoingOn = false;
    }
  }

  /** One reads at a time; the others wait for their turn. */
  #more(isEnough: () => boolean): Promise<void> {
    const turn = this.#turn.then(() => this.#read(isEnough));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #read(isEnough: () => boolean): Promise<void> {
    this.#walk ??= this.#snapshot.reader.walk(this.#path)[Symbol.asyncIterator]();
    try {
      while (!this.isWhole && !isEnough()) {
        const { done, value } = await this.#walk.next();
        if (done === true) this.#isWhole = true;
        else await this.#take(value);
      }
    } catch (error) {
      // A generator that threw has ended: begin again, so that what is missing is never taken for the end.
      this.#walk = undefined;
      this.rows.splice(0);
      throw error;
    }
  }

  async #take(entry: WalkedEntry): Promise<void> {
    this.#snapshot.objects.note(entry);
    if (entry.type !== 'file' || entry.name !== 'page.json') return;
    const folder = parentPath(entry.path);
    const isRow = parentPath(folder) === this.#path;
    if (!isRow) return;
    const bytes = await readBytes(this.#snapshot.reader, entry.content);
    const { page, gaps, template_of } = asPage(parseDocument(bytes, entry.path), entry.path);
    const id = String(page.id ?? '').replaceAll('-', '');
    this.rows.push({
      id,
      page,
      ...(gaps === undefined ? {} : { gaps }),
      ...(template_of === undefined ? {} : { template_of }),
    });
  }
}

const maxDatabases = 2;
const open = new WeakMap<OpenSnapshot, Recent<string, DatabaseRows>>();

/** The rows of a database of an open snapshot, as far as they were read. The last few databases are remembered. */
export function rowsOf(snapshot: OpenSnapshot, database: PlacedObject): DatabaseRows {
  const known = open.get(snapshot) ?? new Recent<string, DatabaseRows>(maxDatabases);
  open.set(snapshot, known);
  return known.keep(database.id, known.get(database.id) ?? new DatabaseRows(snapshot, database));
}
