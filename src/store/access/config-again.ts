/**
 * CONFIG as it is now. Another machine may have had a key accepted since this one opened the store, and signed with it
 * what is read next: nothing of that may be taken for a stranger's, or for lost.
 */
import { configName, parseConfig } from '../format/config.ts';
import type { ReadingParts } from './store-parts.ts';

/** The parts of an open store that come of CONFIG. */
export type ClearConfig = Pick<ReadingParts, 'config' | 'configDigest' | 'isConfigSigned'>;

/**
 * Reads CONFIG and, where it changed, compares it with what this machine trusts. Undefined where it did not change.
 * @throws KlosetError integrity when it is damaged, or not accepted; not-found, unavailable
 */
export async function readConfigAgain({
  backend,
  context,
  trust,
}: Pick<ReadingParts, 'backend' | 'context' | 'trust'>): Promise<ClearConfig | undefined> {
  const parsed = parseConfig(await backend.read(configName));
  const config = parsed.authenticate(context.keys);
  if (parsed.digest === trust.configDigest) return undefined;
  trust.checkConfigAgain(config, parsed);
  return { config, configDigest: parsed.digest, isConfigSigned: parsed.signedBy !== undefined };
}
