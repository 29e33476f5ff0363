/** Hosted files as the snapshot stores them beside a document. */
import { isObject, stringAt } from '../../../document/json.ts';

/** The stored bytes of a hosted file; undefined when the snapshot has none. */
export function storedFile(
  file: unknown,
):
  | { readonly path: string; readonly size: number; readonly sha256: string; readonly url: string }
  | undefined {
  if (!isObject(file)) return undefined;
  const { path, size, sha256, url } = file;
  if (typeof path !== 'string' || typeof size !== 'number' || typeof sha256 !== 'string') return undefined;
  return { path, size, sha256, url: typeof url === 'string' ? url : '' };
}

/** The reason the snapshot has no bytes of a hosted file. */
export function missingReason(file: unknown): string {
  return stringAt(file, 'missing') ?? 'its bytes are not in the snapshot';
}
