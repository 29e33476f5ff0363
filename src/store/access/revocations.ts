/**
 * Revocations: a signer of a store states that another signs no longer. They stand in CONFIG, where every machine that
 * opens the store reads them, and each machine remembers those it has seen.
 */
import { hexOf } from '../crypto/hex.ts';
import { isSignatureValid } from '../format/checked-json.ts';
import type { Revocation } from '../format/config.ts';
import { revokedBytes } from '../format/config.ts';
import type { SnapshotId } from '../format/ids.ts';
import type { SigningKey } from '../format/snapshot-header.ts';

/** The statement of `signer` that `key` counts only up to the headers `after`. */
export function revocationOf(
  signer: SigningKey,
  storeId: string,
  { key, after }: { readonly key: string; readonly after: readonly SnapshotId[] },
): Revocation {
  const sorted = [...after].sort();
  const signature = hexOf(signer.sign(revokedBytes(storeId, { key, after: sorted })));
  return { key, after: sorted, by: hexOf(signer.publicKey), signature };
}

/**
 * The statements that count, in their order: each is by a key of `trusted` that none before it revoked. So of two keys
 * that revoke each other the first to say so is believed; what a machine remembers comes first.
 */
export function effectiveRevocations(
  storeId: string,
  statements: readonly Revocation[],
  trusted: ReadonlySet<string>,
): Revocation[] {
  const found = new Map<string, Revocation>();
  const revoked = new Set<string>();
  for (const statement of statements) {
    const { key, by } = statement;
    if (!trusted.has(by) || revoked.has(by)) continue;
    if (!isSignatureValid(statement, revokedBytes(storeId, statement))) continue;
    found.set(JSON.stringify([key, statement.after, by]), statement);
    revoked.add(key);
  }
  return [...found.values()];
}

/** True when both say the same of the same key. */
export function isSameRevocation(left: Revocation, right: Revocation): boolean {
  return left.key === right.key && left.signature === right.signature;
}
