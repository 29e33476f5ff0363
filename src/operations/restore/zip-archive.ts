/** Archives as zip files, with names in UTF-8 and times in UTC (Info-ZIP's extended timestamp). */
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import type { Archive } from './archive.ts';
import { archiveModes } from './archive.ts';

/** Bits of Unix file types, which zip keeps beside the permissions. */
const types = { file: 0o100000, folder: 0o040000 };

/** Files that do not get smaller, by their names. */
const packed = /\.(?:jpe?g|png|gif|webp|avif|heic|mp[34]|m4[av]|mov|webm|ogg|zip|gz|7z|docx|xlsx|pptx)$/i;

/** A zip file. It remembers each entry until its end, where zip has its directory. */
export function zipArchive(): Archive {
  const zip = new ZipFile();
  let failure: unknown;
  zip.on('error', (error) => {
    failure = error;
    (zip.outputStream as Readable).destroy(error instanceof Error ? error : new Error(String(error)));
  });
  return {
    output: zip.outputStream as Readable,
    async folder({ name, modified }) {
      zip.addEmptyDirectory(name, { mtime: new UtcDate(modified), mode: types.folder | archiveModes.folder });
    },
    async file({ name, modified, size }, bytes) {
      const source = Readable.from(bytes(), { objectMode: false });
      zip.addReadStream(source, name, {
        size,
        mtime: new UtcDate(modified),
        mode: types.file | archiveModes.file,
        compress: size > 0 && !packed.test(name),
      });
      await finished(source);
      if (failure !== undefined) throw failure;
    },
    finish: () => zip.end(),
  };
}

/**
 * A moment whose local parts are those of UTC: zip's old field for times has no zone, and the same snapshot gives the same
 * bytes on every machine.
 */
class UtcDate extends Date {
  override getFullYear = () => this.getUTCFullYear();
  override getMonth = () => this.getUTCMonth();
  override getDate = () => this.getUTCDate();
  override getHours = () => this.getUTCHours();
  override getMinutes = () => this.getUTCMinutes();
  override getSeconds = () => this.getUTCSeconds();
}
