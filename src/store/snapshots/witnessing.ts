/** Witnesses of an open store: made, and compared with what is there. */
import { KlosetError } from '../../errors.ts';
import { headsOf } from '../access/pins/header-loss.ts';
import type { ReadingParts, WritingParts } from '../access/store-parts.ts';
import type { SignedWitness } from '../access/witness.ts';
import { encodeWitness, maxWitnessHeads, parseWitness } from '../access/witness.ts';
import { openCacheDatabase } from '../cache/cache-database.ts';
import type { SnapshotId } from '../format/ids.ts';
import { allHeaders } from './all-headers.ts';
import type { ListedHeader } from './listed-header.ts';
import { removedIn, seenHeaders } from './listed-header.ts';
import { readHeaders } from './snapshot-list.ts';

/** A witness of the store as it is, signed by this machine. @throws KlosetError credentials when it is not a signer */
export async function witnessOf(parts: WritingParts): Promise<string> {
  const { trust, identity, config } = parts;
  trust.requireOwnSigner(identity.signer.publicKey);
  await identity.unlock();
  const headers = await allHeaders(parts);
  const counted = headers.filter(({ problem }) => problem === undefined);
  const witness = {
    storeId: config.storeId,
    heads: headsOf(seenHeaders(counted)).slice(0, maxWitnessHeads),
    count: knownIds(headers).size,
    slotsGeneration: trust.slotsGeneration,
    statements: config.signers.length + config.revocations.length,
  };
  return encodeWitness(witness, identity);
}

/**
 * Compares a witness line with the store, before this machine remembers anything of it.
 * @throws KlosetError integrity when the store is another one or older, usage when `line` is not a witness
 */
export async function compareWitness(parts: ReadingParts, line: string): Promise<void> {
  const witness = parseWitness(line);
  const problem = otherStore(parts, witness) ?? (await olderState(parts, witness));
  if (problem === undefined) return;
  throw new KlosetError(
    'integrity',
    `The store at ${parts.backend.location} contradicts the witness: ${problem}.`,
    {
      hint: 'Do not rely on the store before you know why; compare it with another machine or a replica.',
    },
  );
}

function otherStore({ config }: ReadingParts, { storeId, by }: SignedWitness): string | undefined {
  if (storeId !== config.storeId)
    return `it is the store ${config.storeId.slice(0, 8)}, not ${storeId.slice(0, 8)}`;
  const isListed = config.signers.some(({ publicKey }) => publicKey === by);
  return isListed ? undefined : 'it does not list the key that signed the witness';
}

async function olderState(parts: ReadingParts, witness: SignedWitness): Promise<string | undefined> {
  const { config, trust } = parts;
  const headers = await headersAsTheyAre(parts);
  const known = knownIds(headers);
  for (const { id } of headers) known.add(id);
  const lost = witness.heads.filter((id) => !known.has(id));
  if (lost.length > 0)
    return `it was rolled back, ${lost.map((id) => id.slice(0, 8)).join(', ')} is not there`;
  if (known.size < witness.count)
    return `it was rolled back, only ${known.size} of ${witness.count} snapshots and removals are known`;
  if (trust.slotsGeneration < witness.slotsGeneration) return 'its key slots were rolled back';
  const statements = config.signers.length + config.revocations.length;
  return statements < witness.statements ? 'signers or revocations are missing in CONFIG' : undefined;
}

/** Nothing is compared with what this machine has seen, and nothing is remembered. */
async function headersAsTheyAre(parts: ReadingParts): Promise<ListedHeader[]> {
  const database = openCacheDatabase(':memory:');
  try {
    return await readHeaders({ ...parts, database });
  } finally {
    database.close();
  }
}

/** Ids of what counts and of what was removed. */
function knownIds(headers: readonly ListedHeader[]): Set<SnapshotId> {
  const counted = headers.filter(({ problem }) => problem === undefined).map(({ id }) => id);
  return new Set([...counted, ...removedIn(headers)]);
}
