/** An archive that is written entry by entry, to a stream that is read meanwhile. Its bytes depend on the entries alone. */
import type { Readable } from 'node:stream';
import type { Bytes } from './folder-target.ts';

/** Formats of archives, by the ends of their names. */
export const archiveFormats = ['tar', 'zip'] as const;
export type ArchiveFormat = (typeof archiveFormats)[number];

/** Permissions of entries: for their owner alone, as in a restored folder. */
export const archiveModes = { file: 0o600, folder: 0o700 };

/** An entry of an archive. */
export interface ArchiveEntry {
  /** `/`-separated, neither absolute nor with `..`. */
  readonly name: string;
  readonly modified: Date;
}

export interface Archive {
  /** The bytes of the archive. */
  readonly output: Readable;
  folder(entry: ArchiveEntry): Promise<void>;
  /** Writes a file of exactly `size` bytes. @throws when there are more or fewer: the archive is then of no use */
  file(entry: ArchiveEntry & { readonly size: number }, bytes: Bytes): Promise<void>;
  /** Writes the end. */
  finish(): void;
}
