/** The signers of CONFIG that are trusted because one that is trusted vouched for them, and the others. */
import type { TrustedKey } from '../format/config.ts';
import { isEndorsementValid } from './identity.ts';

/** The listed signers that neither are trusted nor endorsed, step by step, by who is; `revoked` keys endorse nobody. */
export function strangersIn(
  trustedKeys: readonly string[],
  listed: readonly TrustedKey[],
  revoked: ReadonlySet<string>,
): readonly TrustedKey[] {
  const trusted = new Set(trustedKeys);
  const waiting = listed.filter(({ publicKey }) => !trusted.has(publicKey));
  const isEndorsed = (signer: TrustedKey) => {
    const by = signer.endorsement?.by ?? '';
    return trusted.has(by) && !revoked.has(by) && isEndorsementValid(signer);
  };
  for (let progress = true; progress; ) {
    const next = waiting.findIndex(isEndorsed);
    progress = next >= 0;
    for (const signer of progress ? waiting.splice(next, 1) : []) trusted.add(signer.publicKey);
  }
  return waiting;
}
