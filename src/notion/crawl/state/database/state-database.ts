/**
 * The checkpoint's database as the tables use it. A failure of SQLite (a full disk, a damaged file) would meet every
 * object that follows, so it ends the run.
 */
import type { Database } from '../../../../database.ts';
import { EndOfRun } from './end-of-run.ts';

/** A statement, prepared once. */
export interface Statement<Parameters extends unknown[], Row> {
  /** @returns how many rows changed */
  run(...parameters: Parameters): number;
  get(...parameters: Parameters): Row | undefined;
  all(...parameters: Parameters): Row[];
}

type Scalar = string | number | bigint | Buffer | null;

export class StateDatabase {
  readonly #database: Database;
  readonly #begin: Statement<[], never>;
  readonly #commit: Statement<[], never>;
  readonly #rollback: Statement<[], never>;

  constructor(database: Database) {
    this.#database = database;
    this.#begin = this.prepare('BEGIN');
    this.#commit = this.prepare('COMMIT');
    this.#rollback = this.prepare('ROLLBACK');
  }

  prepare<Parameters extends unknown[], Row = never>(sql: string): Statement<Parameters, Row> {
    const prepared = this.#database.prepare<unknown[], Row>(sql);
    return {
      run: (...parameters) => orEndOfRun(() => prepared.run(...parameters).changes),
      get: (...parameters) => orEndOfRun(() => prepared.get(...parameters)),
      all: (...parameters) => orEndOfRun(() => prepared.all(...parameters)),
    };
  }

  /** Lets statements call `compute` under `name`. */
  define(name: string, compute: (...values: Scalar[]) => Scalar): void {
    this.#database.function(name, { deterministic: true }, compute);
  }

  /** Everything `work` writes becomes visible together. A call within `work` joins the transaction. */
  transaction<T>(work: () => T): T {
    if (this.#database.inTransaction) return work();
    this.#begin.run();
    try {
      const result = work();
      this.#commit.run();
      return result;
    } catch (error) {
      if (this.#database.inTransaction) this.#rollback.run();
      throw error;
    }
  }

  close(): void {
    this.#database.close();
  }
}

function orEndOfRun<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new EndOfRun(error);
  }
}
