/** The differences from what this machine trusts, as the errors that refuse them: what was found, and the way out. */
import { KlosetError } from '../../errors.ts';
import type { Revocation, TrustedKey } from '../format/config.ts';
import { fingerprint } from './identity.ts';

/** A store that this machine knows, and an empty place. */
export function notThere(storeId: string, location: string): KlosetError {
  return new KlosetError(
    'not-found',
    `The store ${storeId.slice(0, 8)}, which this machine knows at ${location}, is not there.`,
    {
      hint: 'Mount the disk or connect the place. If the store is lost, begin a new one with `notion-kloset create --replace`, or bring it back with `sync from` a copy.',
    },
  );
}

/** The store does not take what this machine's own key signs, which may have been revoked. */
export function ownSignerRefused(signer: string, revocation: Revocation | undefined): KlosetError {
  if (revocation !== undefined) {
    return new KlosetError(
      'credentials',
      `The identity of this machine was revoked by the signer ${fingerprintOf(revocation.by)}.`,
      { hint: 'If that was not meant, look at who signs: `notion-kloset identity list`.' },
    );
  }
  return new KlosetError(
    'credentials',
    'The identity of this machine is not among the signers of the store.',
    {
      hint: `Add it with \`notion-kloset identity trust ${signer}\` on a machine whose identity is, or bring that identity here with \`notion-kloset identity import\`. When there is no such machine any more, see \`notion-kloset identity adopt\`.`,
    },
  );
}

export function strangeSigner({ publicKey }: TrustedKey): KlosetError {
  return distrust(
    `An untrusted signer was added to CONFIG: ${fingerprintOf(publicKey)}.`,
    `Compare the fingerprint on the machine that added it; then run the command again with --accept-signer ${publicKey}.`,
  );
}

export function vanishedSigner(key: string): KlosetError {
  return distrust(
    `CONFIG no longer lists the signer ${fingerprintOf(key)}, which was trusted.`,
    acceptConfigHint,
  );
}

export function vanishedRevocation(key: string): KlosetError {
  return distrust(
    `CONFIG no longer says that the signer ${fingerprintOf(key)} was revoked.`,
    acceptConfigHint,
  );
}

export function untrustedRoster(location: string, problem: string): KlosetError {
  return distrust(
    `The list of key slots of ${location} is not accepted: ${problem}.`,
    'Create it again with `notion-kloset repair config`, which names the key slots it finds and asks which of them count.',
  );
}

export function swapped(location: string, pinned: string, found: string): KlosetError {
  return distrust(
    `${location} is another store than before: ${found.slice(0, 8)} instead of ${pinned.slice(0, 8)}.`,
    'If you put another store there, run the command again with --accept-place; otherwise the store was tampered with.',
  );
}

export function changedConfig(location: string): KlosetError {
  return distrust(`CONFIG of ${location} is not the one this machine has pinned.`, acceptConfigHint);
}

export function rolledBackSlots(location: string): KlosetError {
  return distrust(
    `The key slots of ${location} were rolled back to an older state (possible rollback attack).`,
    acceptConfigHint,
  );
}

export const acceptConfigHint =
  'If you know why, run the command again with --accept-config; otherwise the store was tampered with.';

export function distrust(message: string, hint: string): KlosetError {
  return new KlosetError('integrity', message, { hint });
}

/** The fingerprint of a public key of 64 hex digits. */
export function fingerprintOf(publicKey: string): string {
  return fingerprint(Buffer.from(publicKey, 'hex'));
}
