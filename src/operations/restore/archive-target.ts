/** Files of a restore in an archive in place of a folder: each one whole or absent, none with a name that leads outside. */
import type { Archive, ArchiveEntry } from './archive.ts';
import type { Bytes, FolderTarget, Shortened } from './folder-target.ts';
import { checkSegments } from './folder-target.ts';
import { shortFile, shortFolder } from './shortened-paths.ts';

/** Bytes of a folder's path: it fits below any folder of 500 bytes that the archive is unpacked into. */
const maxFolderBytes = 4095 - 256 - 500;

/** A file up to this size is read once and kept until it is written; a larger one is read twice. */
const maxKeptBytes = 1024 * 1024;

/** Zip has no times before 1980; a day more is past it in every zone. */
const firstMs = Date.UTC(1980, 0, 2);

/**
 * The target that writes into `archive`. A file is read to its end before its entry begins, so that one that is damaged
 * is left out whole; nothing of it lies on disk meanwhile.
 * @param place the archive's path, or `-`
 * @param fallbackMs time of entries that have none of their own
 */
export function archiveTarget(archive: Archive, place: string, fallbackMs: number): FolderTarget {
  const shortened: Shortened[] = [];
  const entry = (path: string, modified: string): ArchiveEntry => ({
    name: checkSegments(path).join('/'),
    modified: timeOf(modified, fallbackMs),
  });
  return {
    folder: place,
    shortened,
    writtenFolder: (path) => shortFolder(path, maxFolderBytes),
    async createFolder(path) {
      checkSegments(path);
      const written = shortFolder(path, maxFolderBytes);
      if (written !== path) shortened.push({ path, written });
      if (checkSegments(written).length > 0) await archive.folder(entry(written, ''));
    },
    async writeFile(path, bytes, modified) {
      checkSegments(path);
      const { size, again } = await measured(bytes);
      await archive.file({ ...entry(shortFile(path, maxFolderBytes), modified), size }, again);
      return size;
    },
  };
}

function timeOf(modified: string, fallbackMs: number): Date {
  const time = Date.parse(modified);
  const known = [time, fallbackMs].find((ms) => !Number.isNaN(ms)) ?? firstMs;
  return new Date(Math.max(Math.floor(known / 1000) * 1000, firstMs));
}

/** The size of a file, and its bytes once more. */
async function measured(bytes: Bytes): Promise<{ readonly size: number; readonly again: Bytes }> {
  let kept: Uint8Array[] | undefined = [];
  let size = 0;
  for await (const part of bytes()) {
    size += part.length;
    if (size > maxKeptBytes) kept = undefined;
    kept?.push(part);
  }
  if (kept === undefined) return { size, again: bytes };
  const whole = kept;
  return { size, again: () => whole };
}
