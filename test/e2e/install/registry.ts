/**
 * A registry of npm on loopback that serves the packages of this checkout's node_modules, so that `npm install` does what it does for
 * people, without a network. better-sqlite3 has the addon that was compiled here, as a registry of prebuilt ones would give it.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { isObject, objectAt, stringAt } from '../../../src/document/json.ts';

const checkout = join(import.meta.dirname, '../../..');

/** True for a file of a package that its user needs: the sources of SQLite and leftovers of compilers are left out. */
function isNeeded(folder: string, name: string): boolean {
  if (name.startsWith('node_modules/')) return false;
  if (!folder.endsWith('/better-sqlite3')) return true;
  return !/^(?:deps|src|build)\//.test(name) || name === 'build/Release/better_sqlite3.node';
}

export class Registry {
  /** Names of packages that were asked for and are not here. */
  readonly missed: string[] = [];
  /** Names of packages whose contents were fetched. */
  readonly fetched: string[] = [];
  /** Folders of each package, by name and version. */
  readonly #folders = new Map<string, Map<string, string>>();
  readonly #tarballs = new Map<string, Buffer>();
  readonly #server: Server;

  constructor() {
    const lock: unknown = JSON.parse(readFileSync(join(checkout, 'package-lock.json'), 'utf8'));
    for (const [path, entry] of Object.entries(objectAt(lock, 'packages') ?? {})) {
      const [, name] = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path) ?? [];
      const folder = join(checkout, path);
      if (name === undefined || !isObject(entry) || !existsSync(join(folder, 'package.json'))) continue;
      const versions = this.#folders.get(name) ?? new Map<string, string>();
      this.#folders.set(name, versions.set(stringAt(entry, 'version') ?? '', folder));
    }
    this.#server = createServer(async (request, response) => {
      const path = decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname.slice(1));
      const [, tarball] = /^-\/(.+)\.tgz$/.exec(path) ?? [];
      const body = tarball === undefined ? await this.#packument(path) : this.#tarballs.get(tarball);
      if (tarball !== undefined) this.fetched.push(tarball.replace(/@[^@]*$/, ''));
      response.statusCode = body === undefined ? 404 : 200;
      response.setHeader(
        'content-type',
        tarball === undefined ? 'application/json' : 'application/octet-stream',
      );
      response.end(body ?? '{}');
    });
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this.#url();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async #packument(name: string): Promise<string | undefined> {
    const folders = this.#folders.get(name);
    if (folders === undefined) {
      this.missed.push(name);
      return undefined;
    }
    const versions: { [version: string]: unknown } = {};
    for (const [version, folder] of folders) {
      const key = `${name}@${version}`;
      const bytes = this.#tarballs.get(key) ?? (await tarballOf(folder));
      this.#tarballs.set(key, bytes);
      const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
      const tarball = `${this.#url()}/-/${encodeURIComponent(key)}.tgz`;
      versions[version] = { ...(isObject(manifest) ? manifest : {}), dist: { integrity, tarball } };
    }
    const [latest] = [...folders.keys()];
    return JSON.stringify({ name, versions, 'dist-tags': { latest } });
  }
}

async function tarballOf(folder: string): Promise<Buffer> {
  const archive = pack();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(folder.length + 1);
    if (entry.isFile() && isNeeded(folder, name))
      archive.entry({ name: `package/${name}` }, readFileSync(path));
  }
  archive.finalize();
  const parts: Buffer[] = [];
  for await (const part of archive) parts.push(Buffer.from(part));
  return gzipSync(Buffer.concat(parts), { level: 1 });
}
