/** Archives unpacked by programs of this machine, and by libraries that are there on every one. */
import { execFileSync } from 'node:child_process';
import { createReadStream, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import { openPromise } from 'yauzl';

/** An entry as a library reads it. */
export interface UnpackedEntry {
  readonly name: string;
  readonly mode: number;
  /** Seconds since 1970. */
  readonly time: number;
  /** Undefined for a folder. */
  readonly bytes: Buffer | undefined;
}

/** True when `program` runs here; says aloud when it does not. */
export function isThere(program: string, ...args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    console.warn(`No ${program} here: archives are unpacked by libraries alone.`);
    return false;
  }
}

export function systemTar(archive: string, folder: string): void {
  mkdirSync(folder);
  execFileSync('tar', ['-xpf', archive, '-C', folder]);
}

const script =
  'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; z.extractall(sys.argv[2])';

export function pythonZip(archive: string, folder: string): void {
  mkdirSync(folder);
  execFileSync('python3', ['-c', script, archive, folder]);
}

export async function tarEntries(archive: string): Promise<UnpackedEntry[]> {
  const entries: UnpackedEntry[] = [];
  const reader = extract();
  reader.on('entry', async ({ name, mode, mtime, type }, stream, next) => {
    const bytes = await buffer(stream);
    const time = (mtime?.getTime() ?? Number.NaN) / 1000;
    entries.push({ name, mode: mode ?? -1, time, bytes: type === 'directory' ? undefined : bytes });
    next();
  });
  await pipeline(createReadStream(archive), reader);
  return entries;
}

export async function zipEntries(archive: string): Promise<UnpackedEntry[]> {
  const entries: UnpackedEntry[] = [];
  const zip = await openPromise(archive);
  for await (const entry of zip.eachEntry()) {
    const isFolder = entry.fileName.endsWith('/');
    const bytes = isFolder ? undefined : await buffer(await zip.openReadStreamPromise(entry));
    const time = entry.getLastModDate().getTime() / 1000;
    entries.push({ name: entry.fileName, mode: (entry.externalFileAttributes >>> 16) & 0o777, time, bytes });
  }
  return entries;
}

export function writeEntries(entries: readonly UnpackedEntry[], folder: string): void {
  mkdirSync(folder);
  for (const { name, bytes } of entries) {
    const path = join(folder, name);
    if (bytes === undefined) mkdirSync(path, { recursive: true });
    else {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
    }
  }
}

/** Every path below `folder` with its bytes; undefined for a folder. */
export function contentsOf(folder: string): Map<string, string | undefined> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return new Map(
    names.map((name) => {
      const path = join(folder, name);
      return [name, statSync(path).isDirectory() ? undefined : readFileSync(path).toString('latin1')];
    }),
  );
}
