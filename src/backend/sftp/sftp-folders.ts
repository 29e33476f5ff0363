/** Folders of a store on another machine: those that its objects need, and the one of files being written. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { KlosetError } from '../../errors.ts';
import type { SftpAddress } from '../remote-address.ts';
import { kindOf } from './packets.ts';
import { lstat, makeFolder, readFolder, removeFile } from './sftp-files.ts';
import type { SftpSession } from './sftp-session.ts';

/** Holds files being written. The dot keeps it apart from every object name. */
const temporaryFolder = '.tmp';
const temporaryName = /^[0-9a-f]{32}$/;
/** A temporary file this old was left by a crash: writing one object takes seconds. */
const leftoverAgeMs = 24 * 3600 * 1000;

export class SftpFolders {
  readonly #address: SftpAddress;
  readonly #clock: Clock;
  /** Folders that are there, relative to the store. */
  readonly #known = new Set<string>();

  constructor(address: SftpAddress, clock: Clock) {
    this.#address = address;
    this.#clock = clock;
  }

  /** A path for a file being written, which nobody else has. */
  temporaryPath(): string {
    return `${this.#address.path}/${temporaryFolder}/${randomBytes(16).toString('hex')}`;
  }

  /** Creates the folders that the object `name` needs, and on the first write removes what crashed writes left. */
  async makeFor(session: SftpSession, name: string): Promise<void> {
    if (!this.#known.has(temporaryFolder)) {
      await this.#makeRoot(session);
      await this.#makeFolder(session, temporaryFolder);
      await this.#removeLeftovers(session);
    }
    const parts = name.split('/').slice(0, -1);
    for (let depth = 1; depth <= parts.length; depth++)
      await this.#makeFolder(session, parts.slice(0, depth).join('/'));
  }

  async #makeRoot(session: SftpSession): Promise<void> {
    const { path } = this.#address;
    if ((await lstat(session, path)) !== undefined) return;
    const start = path.startsWith('/') ? '/' : '';
    const parts = path.split('/').filter((part) => part !== '');
    for (let depth = 1; depth <= parts.length; depth++) {
      const folder = start + parts.slice(0, depth).join('/');
      if ((await lstat(session, folder)) === undefined) await makeFolder(session, folder);
    }
  }

  async #makeFolder(session: SftpSession, folder: string): Promise<void> {
    if (this.#known.has(folder)) return;
    const path = `${this.#address.path}/${folder}`;
    await makeFolder(session, path);
    const status = await lstat(session, path);
    if (status === undefined || kindOf(status) === 'special') throw notFolder(path, this.#address.location);
    this.#known.add(folder);
  }

  async #removeLeftovers(session: SftpSession): Promise<void> {
    const folder = `${this.#address.path}/${temporaryFolder}`;
    const now = this.#clock.now();
    for (const { name, attributes } of (await readFolder(session, folder)) ?? []) {
      const isLeft = temporaryName.test(name) && now - attributes.modifiedMs >= leftoverAgeMs;
      if (isLeft && kindOf(attributes) === 'file')
        await removeFile(session, `${folder}/${name}`).catch(() => undefined);
    }
  }
}

/** The error for what lies where a folder of the store should be. */
export function notFolder(path: string, location: string): KlosetError {
  return new KlosetError(
    'integrity',
    `${path} in ${location} is not a folder of the store but a link or a device.`,
    {
      hint: 'Nothing was read or changed through it. Find out who put it there, then remove it.',
    },
  );
}
