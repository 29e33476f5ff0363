/** Archives as tar files: ustar, with pax headers for names that are long or not ASCII (POSIX.1-2001). */
import { pipeline, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { pack } from 'tar-stream';
import type { Archive } from './archive.ts';
import { archiveModes } from './archive.ts';

const piped = promisify(pipeline);

/** A tar file, uncompressed: `gzip` or `zstd` can follow. */
export function tarArchive(): Archive {
  const stream = pack();
  return {
    output: stream as unknown as Readable,
    folder({ name, modified }) {
      const header = {
        name: `${name}/`,
        type: 'directory',
        mode: archiveModes.folder,
        mtime: modified,
      } as const;
      return new Promise((resolve, reject) => {
        stream.entry(header, (error) => (error ? reject(error) : resolve()));
      });
    },
    async file({ name, modified, size }, bytes) {
      const entry = stream.entry({ name, size, type: 'file', mode: archiveModes.file, mtime: modified });
      await piped(Readable.from(bytes(), { objectMode: false }), entry);
    },
    finish: () => stream.finalize(),
  };
}
