/** Which failures end a run. All others belong to one object, are noted, and the run goes on. */
import { apiFailureOf } from '../../api/api.ts';

const fatalErrors = new WeakSet<object>();

/** Marks `error` as one that ends the run, and gives it back. */
export function fatal<T>(error: T): T {
  if (typeof error === 'object' && error !== null) fatalErrors.add(error);
  return error;
}

/** True for what would fail again with the next object: a refused token, a full disk, an abort, a broken checkpoint. */
export function isFatal(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  if (fatalErrors.has(error) || apiFailureOf(error)?.status === 401) return true;
  return error instanceof Error && (error.name === 'SqliteError' || error.name === 'AbortError');
}
