/**
 * Takes snapshots away: first a signed header that says so, then the files. The bytes they held stay until
 * maintenance finds that nothing needs them. Without the header a missing snapshot would be a broken chain.
 */
import { requireRemovable } from '../../backend/backend.ts';
import { createWhole } from '../../backend/verified-write.ts';
import { KlosetError } from '../../errors.ts';
import { headsOf } from '../access/trust.ts';
import { openCacheDatabase } from '../cache/cache-database.ts';
import { hexOf } from '../format/byte-reader.ts';
import type { RemovalHeader } from '../format/snapshot-header.ts';
import { encodeHeader, headerIdOf, headerName } from '../format/snapshot-header.ts';
import type { LockOptions } from '../locks/locks.ts';
import { withLock } from '../locks/locks.ts';
import type { ListedHeader } from '../snapshots/snapshot-list.ts';
import { readHeaders, seenHeaders, unreadableIds } from '../snapshots/snapshot-list.ts';
import type { Store } from '../store.ts';

export interface RemovalDetails {
  /** Program and version. */
  readonly tool: string;
  /** Name of this machine. */
  readonly host: string;
}

/**
 * Removes the snapshots `ids`, under a shared lock: backups may run beside it.
 * @throws KlosetError not-found when one is not there, credentials when this identity may not sign
 */
export async function removeSnapshots(
  store: Store,
  ids: readonly string[],
  details: RemovalDetails,
  lockOptions: LockOptions = {},
): Promise<void> {
  const { parts, context } = store;
  if (ids.length === 0) return;
  requireRemovable(parts.backend);
  parts.trust.requireOwnSigner(parts.identity.signer.publicKey);
  await withLock({ ...parts, context }, 'shared', { command: 'rm', ...lockOptions }, async (lock) => {
    const headers = await allHeaders(store);
    checkPresent(headers, ids);
    await lock.assertHeld();
    await writeRemoval(store, headers, ids, details);
    for (const id of ids) await parts.backend.remove(headerName(id));
    rememberHeaders(store, await allHeaders(store));
    await parts.trust.save();
  });
}

/** Every header file of the store, verified; compared with what this machine has seen. */
export async function allHeaders(store: Store): Promise<ListedHeader[]> {
  const { parts, context } = store;
  const database = openCacheDatabase(':memory:');
  try {
    const doubt = (signer: string) => parts.trust.signerProblem(signer);
    const headers = await readHeaders({ context, backend: parts.backend, database, doubt });
    rememberHeaders(store, headers);
    return headers;
  } finally {
    database.close();
  }
}

/** Snapshots whose removal was signed and whose file is still there: an interrupted removal left it. */
export async function removedButPresent(store: Store): Promise<string[]> {
  const headers = await allHeaders(store);
  const removed = new Set(removedIn(headers));
  return headers.flatMap(({ id, header }) => (removed.has(id) && header?.kind !== 'removal' ? [id] : []));
}

/** What the trusted removals among `headers` name. */
export function removedIn(headers: readonly ListedHeader[]): string[] {
  return headers.flatMap(({ header, problem }) =>
    header?.kind === 'removal' && problem === undefined ? header.removed : [],
  );
}

/** Signs and writes the header that says that `removed` are gone on purpose. Returns its id. */
export async function writeRemoval(
  { parts, context }: Pick<Store, 'parts' | 'context'>,
  headers: readonly ListedHeader[],
  removed: readonly string[],
  details: RemovalDetails,
): Promise<string> {
  const { identity, backend, clock } = parts;
  const header: RemovalHeader = {
    kind: 'removal',
    time: new Date(clock.now()).toISOString(),
    ...details,
    parents: headsOf(seenHeaders(headers.filter(({ problem }) => problem === undefined))),
    signer: hexOf(identity.publicKey),
    removed: [...removed].sort(),
  };
  const file = encodeHeader(context, header, identity);
  const id = headerIdOf(file);
  await createWhole(backend, headerName(id), file);
  return id;
}

function rememberHeaders(store: Store, headers: readonly ListedHeader[]): void {
  store.parts.trust.checkHeaders(seenHeaders(headers), unreadableIds(headers));
}

/** Removals themselves stay: the chain rests on them. */
function checkPresent(headers: readonly ListedHeader[], ids: readonly string[]): void {
  for (const id of ids) {
    const found = headers.find((listed) => listed.id === id);
    if (found !== undefined && found.header?.kind !== 'removal') continue;
    throw new KlosetError('not-found', `The store has no snapshot ${id}.`);
  }
}
