/** The message of the first use of a store on a machine: facts that only people can compare. */
import { fingerprint } from '../access/identity.ts';
import type { StoreConfig } from '../format/config.ts';
import type { SnapshotSummary } from './snapshot-list.ts';

/** Lines for people, to be compared with what another machine shows. */
export function firstUseLines(
  { storeId, signers }: StoreConfig,
  [newest]: readonly SnapshotSummary[],
  location: string,
): string[] {
  const snapshot =
    newest?.header === undefined ? 'none yet' : `${newest.id.slice(0, 8)} of ${newest.header.time}`;
  return [
    `This machine opens the store ${storeId.slice(0, 8)} at ${location} for the first time, and trusts it from now on.`,
    'Compare this with a machine that knows it, or check a witness (`notion-kloset check --witness FILE`):',
    `  store     ${storeId}`,
    ...signers.map(({ publicKey }) => `  signer    ${fingerprint(Buffer.from(publicKey, 'hex'))}`),
    `  newest    ${snapshot}`,
  ];
}
