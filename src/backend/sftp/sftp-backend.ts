/**
 * A store in a folder of another machine, over SFTP. Files lie there as in a folder of this machine (local.ts), so that the
 * same store can be used there directly: a new object is written under `.tmp`, flushed, and linked to its name without
 * overwriting. A session that breaks off is opened again, and what was under way is repeated.
 */
import type { ErrorDetails } from '../../errors.ts';
import { KlosetError } from '../../errors.ts';
import type { Backend, ByteRange, ObjectEntry } from '../backend.ts';
import {
  checkObjectName,
  isForeignFolder,
  maxObjectBytes,
  nameTaken,
  objectNotFound,
  tooShort,
} from '../backend.ts';
import { networkCode, networkError, passingNetworkCodes } from '../remote/network-errors.ts';
import { wholeUpTo } from '../remote/parts.ts';
import type { Patience } from '../remote/patience.ts';
import { interruptOf, withPatience } from '../remote/patience.ts';
import type { SftpAddress } from '../remote-address.ts';
import type { Attributes } from './packets.ts';
import { kindOf, statusCodes } from './packets.ts';
import { isRefusedWrite, refusedWrite } from './refused-writes.ts';
import {
  isStatus,
  lstat,
  nameWithoutOverwrite,
  readFile,
  readFolder,
  removeFile,
  renameOver,
  spaceAt,
  writeNewFile,
} from './sftp-files.ts';
import { notFolder, SftpFolders } from './sftp-folders.ts';
import type { SshOptions } from './sftp-session.ts';
import { SftpSession } from './sftp-session.ts';
import { SftpStatus } from './ssh-errors.ts';

/** Larger objects are not kept in memory, so a connection that breaks off ends their creation. No store has any. */
const maxRepeatedBytes = 32 * 1024 ** 2;

/** Bytes of an object, and how many they are. */
interface Contents {
  readonly parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** 0 where that is not known before. */
  readonly sizeBytes: number;
}

const contentsOf = (bytes: Uint8Array): Contents => ({ parts: [bytes], sizeBytes: bytes.length });

export class SftpBackend implements Backend {
  readonly location: string;
  readonly #address: SftpAddress;
  readonly #patience: Patience;
  readonly #options: SshOptions;
  #session: Promise<SftpSession> | undefined;
  readonly #folders: SftpFolders;

  /** Nothing is started until the first call. */
  constructor(address: SftpAddress, patience: Patience, options: SshOptions = {}) {
    this.location = address.location;
    this.#address = address;
    this.#patience = patience;
    this.#options = options;
    this.#folders = new SftpFolders(address, patience.clock);
  }

  async read(name: string, range?: ByteRange): Promise<Uint8Array> {
    const interrupt = interruptOf(this.#patience);
    return await this.#repeat(name, async (session) => {
      const { sizeBytes } = await this.#status(session, name);
      const wanted = range ?? { offset: 0, length: sizeBytes };
      const end = wanted.offset + wanted.length;
      if (end > sizeBytes) throw tooShort(name, sizeBytes, end);
      if (wanted.length > maxObjectBytes)
        throw new KlosetError('integrity', `${name} is damaged: no object has ${wanted.length} bytes.`);
      const bytes = await readFile(session, this.#path(name), wanted, interrupt).catch((error: unknown) => {
        // Another machine removed it since the look.
        throw isRefusal(error, statusCodes.noSuchFile) ? objectNotFound(name, this.location, error) : error;
      });
      if (bytes.length < wanted.length) throw tooShort(name, wanted.offset + bytes.length, end);
      return bytes;
    });
  }

  async size(name: string): Promise<number> {
    return await this.#repeat(name, async (session) => (await this.#status(session, name)).sizeBytes);
  }

  async *list(prefix: string): AsyncIterable<ObjectEntry> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    if (folder !== '') checkObjectName(folder.slice(0, -1));
    const entries = await this.#repeat(prefix, (session) => this.#listFolder(session, folder, prefix));
    yield* entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async *listSpecial(): AsyncIterable<string> {
    yield* (await this.#repeat('', (session) => this.#specialIn(session, ''))).sort();
  }

  async create(name: string, bytes: AsyncIterable<Uint8Array> | Uint8Array): Promise<void> {
    const path = this.#path(name);
    const whole = await wholeUpTo(maxRepeatedBytes, bytes);
    const write = (object: Contents) => (session: SftpSession) =>
      this.#viaTemporaryFile(session, name, object, async (temporary) => {
        if ((await nameWithoutOverwrite(session, temporary, path)) === 'named') return;
        if (!(await this.#sameBytes(session, temporary, name))) throw nameTaken(name, this.location);
      });
    if (whole instanceof Uint8Array) return await this.#repeat(name, write(contentsOf(whole)));
    await this.#once(name, write({ parts: whole, sizeBytes: 0 }));
  }

  async replace(name: string, bytes: Uint8Array): Promise<void> {
    const path = this.#path(name);
    await this.#repeat(name, (session) =>
      this.#viaTemporaryFile(session, name, contentsOf(bytes), (temporary) =>
        renameOver(session, temporary, path),
      ),
    );
  }

  async remove(name: string): Promise<void> {
    const path = this.#path(name);
    await this.#repeat(name, async (session) => {
      const status = await lstat(session, path);
      if (status === undefined) return;
      if (kindOf(status) !== 'file') throw notRegular(path, this.location);
      await removeFile(session, path);
    });
  }

  /** Ends ssh. Without it ssh ends with this program. */
  async close(): Promise<void> {
    (await this.#session?.catch(() => undefined))?.close();
    this.#session = undefined;
  }

  #path(name: string): string {
    checkObjectName(name);
    return `${this.#address.path}/${name}`;
  }

  async #status(session: SftpSession, name: string): Promise<Attributes> {
    const path = this.#path(name);
    const status = await lstat(session, path);
    if (status === undefined) throw objectNotFound(name, this.location);
    // Opening a FIFO would keep the server waiting, and reading through a link leads elsewhere.
    if (kindOf(status) !== 'file') throw notRegular(path, this.location);
    return status;
  }

  /** Writes a temporary file, lets `place` give it its name, and removes what is left of it. */
  async #viaTemporaryFile(
    session: SftpSession,
    name: string,
    { parts, sizeBytes }: Contents,
    place: (temporary: string) => Promise<void>,
  ): Promise<void> {
    const temporary = this.#folders.temporaryPath();
    let isWritten = false;
    try {
      await this.#folders.makeFor(session, name);
      await writeNewFile(session, temporary, parts, interruptOf(this.#patience));
      isWritten = true;
      await place(temporary);
    } catch (error) {
      if (!isRefusedWrite(error)) throw error;
      const space = await spaceAt(session, this.#address.path).catch(() => undefined);
      throw refusedWrite(error, { location: this.location, neededBytes: sizeBytes, isWritten, space });
    } finally {
      if (session.isOpen) await removeFile(session, temporary).catch(() => undefined);
    }
  }

  async #listFolder(session: SftpSession, folder: string, prefix: string): Promise<ObjectEntry[]> {
    const found: ObjectEntry[] = [];
    const below: string[] = [];
    for (const file of await this.#filesIn(session, folder)) {
      const name = folder + file.name;
      // What lies below a folder begins with the folder's own name, so a part of the prefix is enough to go down.
      if (file.name.startsWith('.') || !(name.startsWith(prefix) || prefix.startsWith(`${name}/`))) continue;
      const { sizeBytes, modifiedMs } = file.attributes;
      if (kindOf(file.attributes) === 'folder') below.push(`${name}/`);
      // What is neither file nor folder is listed too: whoever reads it is told that it is damage.
      else if (name.startsWith(prefix)) found.push({ name, sizeBytes, modifiedMs });
    }
    const lists = await Promise.all(below.map((each) => this.#listFolder(session, each, prefix)));
    return found.concat(...lists);
  }

  async #specialIn(session: SftpSession, folder: string): Promise<string[]> {
    const files = await this.#filesIn(session, folder);
    const found = files
      .filter(({ attributes }) => kindOf(attributes) === 'special')
      .map(({ name }) => folder + name);
    const below = files.filter(({ attributes }) => kindOf(attributes) === 'folder');
    const lists = await Promise.all(below.map(({ name }) => this.#specialIn(session, `${folder}${name}/`)));
    return found.concat(...lists);
  }

  async #filesIn(session: SftpSession, folder: string) {
    const path = `${this.#address.path}/${folder}`.slice(0, -1);
    const status = await lstat(session, path);
    if (status === undefined) return [];
    // Only the store's own folder may be a link: its owner chose it.
    if (folder !== '' && kindOf(status) === 'special') throw notFolder(path, this.location);
    try {
      return (await readFolder(session, path)) ?? [];
    } catch (error) {
      const isRefused = isStatus(error, statusCodes.permissionDenied);
      if (isRefused && isForeignFolder(folder.slice(0, -1))) return [];
      throw error;
    }
  }

  async #sameBytes(session: SftpSession, temporary: string, name: string): Promise<boolean> {
    const [mine, other] = [await lstat(session, temporary), await this.#status(session, name)];
    if (mine?.sizeBytes !== other.sizeBytes) return false;
    const windowBytes = 4 * 1024 ** 2;
    for (let offset = 0; offset < other.sizeBytes; offset += windowBytes) {
      const range = { offset, length: Math.min(windowBytes, other.sizeBytes - offset) };
      const left = await readFile(session, temporary, range);
      if (!Buffer.from(left).equals(await readFile(session, this.#path(name), range))) return false;
    }
    return true;
  }

  async #repeat<T>(name: string, use: (session: SftpSession) => Promise<T>): Promise<T> {
    return await this.#explained(name, () =>
      withPatience(this.#patience, isPassing, () => this.#inSession(use)),
    );
  }

  async #once<T>(name: string, use: (session: SftpSession) => Promise<T>): Promise<T> {
    return await this.#explained(name, () => this.#inSession(use));
  }

  async #explained<T>(name: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw explained(error, name, this.location);
    }
  }

  async #inSession<T>(use: (session: SftpSession) => Promise<T>): Promise<T> {
    const opened = this.#session ?? SftpSession.open(this.#address, this.#options);
    this.#session = opened;
    try {
      const session = await opened;
      if (session.isOpen) return await use(session);
      throw Object.assign(new Error('the connection was cut'), { code: 'ECONNRESET' });
    } finally {
      const isUsable = await opened.then(
        (session) => session.isOpen,
        () => false,
      );
      if (!isUsable && this.#session === opened) this.#session = undefined;
    }
  }
}

function isPassing(error: unknown): boolean {
  return !(error instanceof KlosetError) && passingNetworkCodes.has(networkCode(error));
}

function isRefusal(error: unknown, status: number): boolean {
  return error instanceof SftpStatus && error.status === status;
}

/** A refusal of the server, or of the connection, as one line. */
function explained(error: unknown, name: string, location: string): unknown {
  if (error instanceof KlosetError) return error;
  if (!(error instanceof SftpStatus))
    return networkCode(error) === '' ? error : networkError(error, location);
  const details: ErrorDetails = { cause: error };
  const what = name === '' ? location : `${location}/${name}`;
  if (error.status === statusCodes.permissionDenied)
    return new KlosetError('unavailable', `No permission for ${what}.`, {
      hint: 'Check its owner and mode on the server.',
      ...details,
    });
  if (error.status === statusCodes.noSuchFile)
    return new KlosetError(
      'unavailable',
      `${what} cannot be created: a folder above it is missing.`,
      details,
    );
  return new KlosetError('unavailable', `${what}: the server refused it (${error.message}).`, details);
}

function notRegular(path: string, location: string): KlosetError {
  return new KlosetError(
    'integrity',
    `${path} in ${location} is not a regular file but a link, a folder or a device.`,
    {
      hint: 'Nothing was read through it. Find out who put it there, then run `notion-kloset check`.',
    },
  );
}
