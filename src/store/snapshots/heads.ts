/** The parents of a header about to be written, in bounds that every reader accepts. */
import { createAddressed } from '../../backend/verified-write.ts';
import { headsOf } from '../access/pins/header-loss.ts';
import type { WritingParts } from '../access/store-parts.ts';
import { hexOf } from '../crypto/hex.ts';
import type { SnapshotId } from '../format/ids.ts';
import type { Header } from '../format/snapshot-header.ts';
import { encodeHeader, headerIdOf, headerName, maxParents } from '../format/snapshot-header.ts';
import type { ListedHeader } from './listed-header.ts';
import { seenHeaders } from './listed-header.ts';

/** The writer of a header. */
export interface HeaderAuthor {
  /** Program and version. */
  readonly tool: string;
  /** Name of this machine. */
  readonly host: string;
}

/**
 * Ids of the trusted headers that no other names. When there are more than one header may name, removals of nothing
 * are written first that join them.
 */
export async function writableHeads(
  parts: WritingParts,
  headers: readonly ListedHeader[],
  author: HeaderAuthor,
): Promise<SnapshotId[]> {
  const trusted = headers.filter(({ problem }) => problem === undefined);
  return await writableParents(parts, headsOf(seenHeaders(trusted)), author);
}

/** `ids` in bounds: removals of nothing are written that join them when they are too many for one header. */
export async function writableParents(
  parts: WritingParts,
  ids: readonly SnapshotId[],
  author: HeaderAuthor,
): Promise<SnapshotId[]> {
  let heads = [...ids];
  while (heads.length > maxParents) {
    const joined: SnapshotId[] = [];
    for (let at = 0; at < heads.length; at += maxParents) {
      const parents = heads.slice(at, at + maxParents);
      joined.push(await writeHeader(parts, author, { kind: 'removal', parents, removed: [] }));
    }
    heads = joined;
  }
  return heads;
}

type Unsigned<T> = T extends Header ? Omit<T, 'time' | 'host' | 'tool' | 'signer'> : never;

/** Signs a header in this machine's name and writes it. Returns its id. */
export async function writeHeader(
  { context, backend, identity, clock }: WritingParts,
  { host, tool }: HeaderAuthor,
  content: Unsigned<Header>,
): Promise<SnapshotId> {
  await identity.unlock();
  const time = new Date(clock.now()).toISOString();
  const header: Header = { ...content, time, host, tool, signer: hexOf(identity.publicKey) };
  const file = encodeHeader(context, header, identity);
  const id = headerIdOf(file);
  await createAddressed(backend, headerName(id), file);
  return id;
}
