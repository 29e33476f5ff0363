/** Keys whose signatures the store accepts: the list of signers in CONFIG. */
import { requireRemovable } from '../../backend/backend.ts';
import { replaceVerified } from '../../backend/verified-write.ts';
import { KlosetError } from '../../errors.ts';
import { fingerprint, isEndorsementValid } from '../access/identity.ts';
import type { StoreParts } from '../access/store-parts.ts';
import type { StoreConfig, TrustedKey } from '../format/config.ts';
import { configName, encodeConfig, parseConfig } from '../format/config.ts';
import type { LockOptions } from '../locks/locks.ts';
import { withLock } from '../locks/locks.ts';

/**
 * Adds signers to CONFIG, under the exclusive lock, and pins the new CONFIG on this machine. Other machines accept a
 * signer that one of theirs endorsed; for any other they ask. Returns the new CONFIG, or the old one when
 * all were there already. @throws KlosetError locked, usage when an endorsement is forged
 */
export async function admitSigners(
  parts: StoreParts,
  signers: readonly TrustedKey[],
  lockOptions: LockOptions = {},
): Promise<StoreConfig> {
  const known = new Set(parts.config.signers.map(({ publicKey }) => publicKey));
  const fresh = signers.filter(({ publicKey }) => !known.has(publicKey));
  if (fresh.length === 0) return parts.config;
  requireRemovable(parts.backend);
  fresh.forEach(checkEndorsement);
  return await withLock(parts, 'exclusive', { command: 'identity trust', ...lockOptions }, async (lock) => {
    await checkUnchanged(parts);
    const config = { ...parts.config, signers: [...parts.config.signers, ...fresh] };
    const file = encodeConfig(config, parts.context.keys);
    await lock.assertHeld();
    await replaceVerified(parts.backend, configName, file);
    parts.trust.acceptConfig(config, parseConfig(file).digest);
    await parts.trust.save();
    return config;
  });
}

/**
 * Adds this machine's key to a store that trusts an earlier key of the same identity. True when the store accepts its
 * snapshots now. @throws KlosetError locked
 */
export async function admitOwnIdentity(parts: StoreParts, lockOptions: LockOptions = {}): Promise<boolean> {
  const { trust, identity } = parts;
  if (trust.signerProblem(identity.signer.publicKey) === undefined) return true;
  const known = identity.lineage.findLastIndex(
    ({ publicKey }) => trust.signerProblem(publicKey) === undefined,
  );
  if (known < 0) return false;
  await admitSigners(parts, identity.lineage.slice(known + 1), lockOptions);
  return true;
}

function checkEndorsement(signer: TrustedKey): void {
  if (signer.endorsement === undefined || isEndorsementValid(signer)) return;
  const print = fingerprint(Buffer.from(signer.publicKey, 'hex'));
  throw new KlosetError('usage', `The endorsement of the key ${print} is not valid.`);
}

/** Another machine may have added a signer since this one opened the store. */
async function checkUnchanged(parts: StoreParts): Promise<void> {
  const { digest } = parseConfig(await parts.backend.read(configName));
  if (digest === parts.configDigest) return;
  throw new KlosetError(
    'temporary',
    'CONFIG was changed by another machine just now. Run the command again.',
  );
}
