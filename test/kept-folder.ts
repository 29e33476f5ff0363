/**
 * A folder that tests change and that is put back as it was before each of them. Only what changed is written again:
 * that is a few files of some hundreds, which cost more to copy than most tests take.
 */
import type { BigIntStats } from 'node:fs';
import { chmodSync, cpSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export class KeptFolder {
  /** Where everything lies as it was. */
  readonly copy: string;
  readonly #folder: string;
  /** By path below the folder, in the order of a walk; parents first. */
  readonly #marks = new Map<string, string>();

  /** Keeps what lies in `folder` now, in a copy beside it. */
  constructor(folder: string) {
    this.#folder = folder;
    this.copy = `${folder}-kept`;
    cpSync(folder, this.copy, { recursive: true, preserveTimestamps: true });
    for (const path of this.#walk('')) this.#marks.set(path, this.#mark(path));
  }

  /** Puts everything back at its place. */
  putBack(): void {
    const missing = new Set(this.#marks.keys());
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    for (const path of this.#walk('')) {
      if (this.#marks.get(path) === this.#mark(path)) missing.delete(path);
      else rmSync(join(this.#folder, path), { recursive: true, force: true });
    }
    for (const path of this.#marks.keys()) if (missing.has(path)) this.#bring(path);
  }

  /** Removes the copy; the folder stays. */
  remove(): void {
    rmSync(this.copy, { recursive: true, force: true });
  }

  #bring(path: string): void {
    const [from, to] = [join(this.copy, path), join(this.#folder, path)];
    const stats = lstatSync(from);
    if (stats.isDirectory()) {
      mkdirSync(to);
      chmodSync(to, stats.mode);
    } else cpSync(from, to, { preserveTimestamps: true, verbatimSymlinks: true });
    this.#marks.set(path, this.#mark(path));
  }

  /** Paths below a folder, each of them before what lies below it; what is removed meanwhile is not entered. */
  *#walk(below: string): Generator<string> {
    for (const entry of readdirSync(join(this.#folder, below), { withFileTypes: true })) {
      const path = join(below, entry.name);
      yield path;
      if (entry.isDirectory() && this.#stats(path) !== undefined) yield* this.#walk(path);
    }
  }

  #stats(path: string): BigIntStats | undefined {
    return lstatSync(join(this.#folder, path), { bigint: true, throwIfNoEntry: false });
  }

  /** Differs once anything about an entry did: another file in its place, a byte, a time, a right. Folders have rights alone. */
  #mark(path: string): string {
    const stats = this.#stats(path);
    if (stats === undefined) return '';
    const { mode, ino, size, mtimeNs, ctimeNs } = stats;
    return stats.isDirectory() ? `${mode}` : [mode, ino, size, mtimeNs, ctimeNs].join();
  }
}
