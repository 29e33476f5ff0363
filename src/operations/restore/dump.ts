/** Writes a snapshot, or part of it, into one archive: the folder that a restore would write. */
import { randomBytes } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemCode } from '../../backend/disk-errors.ts';
import { KlosetError, messageOf } from '../../errors.ts';
import { snapshotTime } from '../documents/snapshot-time.ts';
import { requireOutsideStores } from '../stores/outside-stores.ts';
import type { Archive, ArchiveFormat } from './archive.ts';
import { archiveTarget } from './archive-target.ts';
import type { FolderContents, FolderRestored } from './restore-to-folder.ts';
import { checkPath, writeContents } from './restore-to-folder.ts';
import { tarArchive } from './tar-archive.ts';
import { zipArchive } from './zip-archive.ts';

export interface Dump extends FolderContents {
  readonly format: ArchiveFormat;
}

/** Takes the bytes of an archive one after the other; resolves when it is ready for more. */
export type TakeBytes = (bytes: Uint8Array) => Promise<void>;

/**
 * Writes into a file, under a random name until it is whole.
 * @throws KlosetError `usage` when the file is there and `replace` is false, or it would lie in a store, `not-found` when nothing lies at the path,
 * `temporary` when the disk is full, `unavailable` when it cannot be written otherwise
 */
export async function dumpToFile(
  dump: Dump,
  path: string,
  { replace = false }: { readonly replace?: boolean } = {},
): Promise<FolderRestored> {
  await requireOutsideStores(path);
  await checkPath(dump);
  if (!replace) await refuseExisting(path);
  const partial = join(dirname(path), `.${randomBytes(8).toString('hex')}.partial`);
  const file = await open(partial, 'wx', 0o600).catch((error) => {
    throw cannotWrite(path, error);
  });
  try {
    const written = await write(dump, path, async (bytes) => void (await file.writeFile(bytes)));
    await file.sync();
    await file.close();
    if (!replace) await refuseExisting(path);
    await rename(partial, path);
    return written;
  } catch (error) {
    throw error instanceof KlosetError ? error : cannotWrite(path, error);
  } finally {
    await file.close();
    await rm(partial, { force: true });
  }
}

/** Gives the archive to `take`. @throws KlosetError `not-found` when nothing lies at the path */
export async function dumpToStream(dump: Dump, take: TakeBytes): Promise<FolderRestored> {
  await checkPath(dump);
  return write(dump, '-', take);
}

async function write(dump: Dump, place: string, take: TakeBytes): Promise<FolderRestored> {
  const archive = dump.format === 'tar' ? tarArchive() : zipArchive();
  const reading = new AbortController();
  const taken = takeAll(archive, take).catch((error) => {
    reading.abort(error);
    throw error;
  });
  // A failure is thrown below, once both are known.
  taken.catch(() => {});
  const target = archiveTarget(stoppable(archive, reading, place), place, await snapshotTime(dump.snapshot));
  try {
    const written = await writeContents(dump, target);
    archive.finish();
    await taken;
    return written;
  } catch (error) {
    throw reading.signal.reason instanceof KlosetError ? reading.signal.reason : error;
  } finally {
    archive.output.destroy();
  }
}

async function takeAll({ output }: Archive, take: TakeBytes): Promise<void> {
  for await (const bytes of output) await take(bytes);
}

/** An archive that ends everything when an entry cannot be written: what follows it would be read as part of it. */
function stoppable(archive: Archive, reading: AbortController, place: string): Archive {
  const { signal } = reading;
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  stopped.catch(() => {});
  const orStop = (work: Promise<void>): Promise<void> =>
    Promise.race([work, stopped]).catch((error) => {
      reading.abort(error);
      throw cannotWrite(place, error);
    });
  return {
    ...archive,
    folder: (entry) => orStop(archive.folder(entry)),
    file: (entry, bytes) => orStop(archive.file(entry, bytes)),
  };
}

async function refuseExisting(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return;
  throw new KlosetError('usage', `${path} is there already.`, {
    hint: found.isDirectory()
      ? 'Give the name of a file in it.'
      : 'Give another name, or --force to replace it.',
  });
}

function cannotWrite(path: string, cause: unknown): KlosetError {
  const name = path === '-' ? 'the archive' : basename(path);
  const isFull = ['ENOSPC', 'EDQUOT'].includes(systemCode(cause));
  return new KlosetError(isFull ? 'temporary' : 'unavailable', `Cannot write ${name}: ${messageOf(cause)}`, {
    hint: 'Nothing was left of it. Give a place with enough room.',
    cause,
  });
}
