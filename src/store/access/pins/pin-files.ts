/** The files of the configuration folder in which this machine remembers stores: one for each location. */
import type { Backend } from '../../../backend/backend.ts';
import { isKlosetError } from '../../../errors.ts';
import { hexOf } from '../../crypto/hex.ts';
import { sha256 } from '../../crypto/primitives.ts';
import { withWayOut } from '../../format/damaged.ts';
import type { Acceptances, TellAccepted } from './acceptance.ts';
import type { TrustRecord } from './trust-record.ts';
import { parseTrust } from './trust-record.ts';

/**
 * The state that this machine has pinned for `location`; undefined at first use.
 * @throws KlosetError integrity when the file is damaged, unless another place is accepted
 */
export async function readPins(
  folder: Backend,
  location: string,
  { accept, tell }: { readonly accept?: Acceptances | undefined; readonly tell?: TellAccepted | undefined },
): Promise<TrustRecord | undefined> {
  const name = trustName(location);
  try {
    const bytes = await folder.read(name);
    return withWayOut(forgottenHint, () => parseTrust(bytes, `${folder.location}/${name}`));
  } catch (error) {
    if (isKlosetError(error, 'not-found')) return undefined;
    if (!isKlosetError(error, 'integrity') || accept?.place !== true) throw error;
    tell?.(`accepted place: ${location}, of which the memory was damaged`);
    return undefined;
  }
}

const forgottenHint =
  'This machine does not remember the store any more. Compare it with another machine or a witness (`notion-kloset status --witness`), then give --accept-place, once.';

/** The pins of this machine for stores at other places; damaged files prove nothing. */
export async function pinsElsewhere(folder: Backend, location: string): Promise<TrustRecord[]> {
  const found: TrustRecord[] = [];
  for await (const { name } of folder.list('trust/')) {
    if (name === trustName(location)) continue;
    try {
      found.push(parseTrust(await folder.read(name), name));
    } catch (error) {
      if (!isKlosetError(error, 'integrity') && !isKlosetError(error, 'not-found')) throw error;
    }
  }
  return found;
}

/** Name of the file for `location` in the configuration folder. */
export function trustName(location: string): string {
  return `trust/${hexOf(sha256(new TextEncoder().encode(location)).subarray(0, 16))}.json`;
}
