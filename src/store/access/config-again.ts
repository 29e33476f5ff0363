/**
 * CONFIG as it is now. Another machine may have had a key accepted since this one opened the store, and signed with it
 * what is read next: nothing of that may be taken for a stranger's, or for lost.
 */
import { configName, parseConfig } from '../format/config.ts';
import type { ReadingParts } from './store-parts.ts';

/**
 * Reads CONFIG and, where it changed, compares it with what this machine trusts. True when it changed.
 * @throws KlosetError integrity when it is damaged, or not accepted; not-found, unavailable
 */
export async function readConfigAgain({
  backend,
  context,
  trust,
}: Pick<ReadingParts, 'backend' | 'context' | 'trust'>): Promise<boolean> {
  const parsed = parseConfig(await backend.read(configName));
  const config = parsed.authenticate(context.keys);
  if (parsed.digest === trust.configDigest) return false;
  trust.checkConfigAgain(config, parsed);
  return true;
}
