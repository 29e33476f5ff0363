/**
 * Headers of signers that were revoked. Such a header counts when every revocation of its signer stands on it: ids are
 * digests, and each header names its parents, so what a header stands on cannot be added to afterwards.
 */
import { fingerprint } from '../access/identity.ts';
import type { Revocation } from '../format/config.ts';
import type { SnapshotId } from '../format/ids.ts';
import type { ListedHeader } from './listed-header.ts';

/** The headers, of which those that a revocation excludes have a `problem`. */
export function withoutRevoked(
  headers: readonly ListedHeader[],
  revocations: readonly Revocation[],
): ListedHeader[] {
  if (revocations.length === 0) return [...headers];
  const revoked = new Set(revocations.map(({ key }) => key));
  const parentsOf = parentsIn(headers, revoked);
  const excludedBy = new Map<SnapshotId, Revocation>();
  for (const revocation of revocations) {
    const counted = standingOn(revocation.after, parentsOf);
    for (const { id, header } of headers)
      if (header?.signer === revocation.key && !counted.has(id)) excludedBy.set(id, revocation);
  }
  return headers.map((listed) => {
    const revocation = excludedBy.get(listed.id);
    if (revocation === undefined) return listed;
    return { ...listed, problem: revokedProblem(revocation), isRevoked: true };
  });
}

/** Parents of each header, and of removed ones as far as removals tell whose signers nobody revoked. */
function parentsIn(
  headers: readonly ListedHeader[],
  revoked: ReadonlySet<string>,
): Map<SnapshotId, readonly SnapshotId[]> {
  const parents = new Map<SnapshotId, readonly SnapshotId[]>();
  for (const { header, problem } of headers) {
    if (header?.kind !== 'removal' || problem !== undefined || revoked.has(header.signer)) continue;
    for (const [at, id] of header.removed.entries()) parents.set(id, header.removedParents?.[at] ?? []);
  }
  for (const { id, header } of headers) {
    if (header === undefined) continue;
    // A removal stands in for what it took away.
    const removedParents = header.kind === 'removal' ? (header.removedParents?.flat() ?? []) : [];
    parents.set(id, [...header.parents, ...removedParents]);
  }
  return parents;
}

/** `ids` and everything they stand on. */
function standingOn(
  ids: readonly SnapshotId[],
  parentsOf: ReadonlyMap<SnapshotId, readonly SnapshotId[]>,
): Set<SnapshotId> {
  const found = new Set<SnapshotId>();
  const open = [...ids];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...(parentsOf.get(next) ?? []));
  }
  return found;
}

function revokedProblem({ key, by }: Revocation): string {
  const print = (hex: string) => fingerprint(Buffer.from(hex, 'hex'));
  return `It was signed by a key that was revoked: ${print(key)}, by the signer ${print(by)}.`;
}
