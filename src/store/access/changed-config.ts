/**
 * Differences between a CONFIG that is remembered and the one that is found. Each is refused, unless a person accepts it by name;
 * then it is told.
 */
import type { Revocation, StoreConfig, TrustedKey, UntrustedConfig } from '../format/config.ts';
import { strangersIn } from './endorsed-signers.ts';
import type { Acceptances, TellAccepted } from './pins/acceptance.ts';
import { isSameRevocation } from './revocations.ts';
import {
  acceptConfigHint,
  changedConfig,
  distrust,
  fingerprintOf,
  strangeSigner,
  vanishedRevocation,
  vanishedSigner,
} from './trust-refusals.ts';

/** Digest of CONFIG, and the public key that signed it; undefined in version 1. */
export type ConfigProof = Pick<UntrustedConfig, 'digest' | 'signedBy'>;

/** The differences that a person accepts at this place, and who is told of them. */
export interface Acceptance {
  readonly location: string;
  readonly accept: Acceptances;
  readonly tell: TellAccepted;
}

/** The digest of what never changes in a CONFIG must be the same. @throws KlosetError integrity */
export function checkBase({ location, accept, tell }: Acceptance, old: string, found: string): void {
  if (old === found) return;
  if (accept.config !== true) throw changedConfig(location);
  tell(`accepted configuration of ${location}: ${old.slice(0, 8)} → ${found.slice(0, 8)}`);
}

/** New signers must be endorsed by old ones, step by step; none may vanish from a place where it was. @throws KlosetError integrity */
export function checkSigners(
  { location, accept, tell }: Acceptance,
  pinned: readonly string[] | undefined,
  listed: readonly TrustedKey[],
  { isSamePlace, revoked }: { readonly isSamePlace: boolean; readonly revoked: ReadonlySet<string> },
): void {
  const roots = pinned ?? listed.slice(0, 1).map(({ publicKey }) => publicKey);
  const gone = roots.filter((key) => !listed.some(({ publicKey }) => publicKey === key));
  for (const key of isSamePlace ? gone : []) {
    if (accept.config !== true) throw vanishedSigner(key);
    tell(`accepted configuration of ${location}: signer ${fingerprintOf(key)} → removed`);
  }
  const accepted = accept.signers ?? [];
  const [stranger] = strangersIn([...roots, ...accepted], listed, revoked);
  if (stranger !== undefined) throw strangeSigner(stranger);
  for (const { publicKey } of strangersIn(roots, listed, revoked)) {
    const before = roots.map(fingerprintOf).join(', ');
    tell(`accepted signer: ${before} → also ${fingerprintOf(publicKey)} (${publicKey})`);
  }
}

/** A key that this machine has seen revoked must stay revoked. @throws KlosetError integrity */
export function checkRevocations(
  { location, accept, tell }: Acceptance,
  pinned: readonly Revocation[],
  listed: readonly Revocation[],
): void {
  for (const statement of pinned) {
    if (listed.some((other) => isSameRevocation(statement, other))) continue;
    if (accept.config !== true) throw vanishedRevocation(statement.key);
    tell(`accepted configuration of ${location}: revocation of ${fingerprintOf(statement.key)} → removed`);
  }
}

/** Compares the key that signed CONFIG with its signers and with those revoked; what was signed once stays signed. @throws KlosetError integrity */
export function checkSignature(
  { location, accept, tell }: Acceptance,
  { signers }: StoreConfig,
  { signedBy }: ConfigProof,
  { revocations, wasSigned }: { readonly revocations: readonly Revocation[]; readonly wasSigned: boolean },
): void {
  const problem =
    signedBy === undefined
      ? wasSigned && 'it is not signed, though it was before'
      : !signers.some(({ publicKey }) => publicKey === signedBy)
        ? `it was signed by a key that it does not list: ${fingerprintOf(signedBy)}`
        : revocations.some(({ key }) => key === signedBy) &&
          `it was signed by a key that was revoked: ${fingerprintOf(signedBy)}`;
  if (problem === false) return;
  if (accept.config !== true)
    throw distrust(`CONFIG of ${location} is not accepted: ${problem}.`, acceptConfigHint);
  tell(`accepted configuration of ${location}, though ${problem}`);
}
