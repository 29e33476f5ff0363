/** Files of another machine over one session: each function is one or a few requests. */
import { roomFor } from '../../large-bytes.ts';
import type { Attributes, Field, NamedFile, Space } from './packets.ts';
import { decodeSpace, openFlags, packetTypes, permissions, statusCodes } from './packets.ts';
import type { SftpSession } from './sftp-session.ts';
import { SftpStatus } from './ssh-errors.ts';

/** Every server takes packets of this size: the protocol asks for 34,000 bytes. */
const pieceBytes = 32 * 1024;
/** Requests of one file under way at once: 2 MiB. */
const maxUnderWay = 64;

/** True for the refusal of a server with this status code. */
export function isStatus(error: unknown, status: number): boolean {
  return error instanceof SftpStatus && error.status === status;
}

/** Attributes of the name itself, not of what a link leads to; undefined when nothing has that name. */
export async function lstat(session: SftpSession, path: string): Promise<Attributes | undefined> {
  const answer = await session.request(packetTypes.lstat, [path]);
  if (answer.type === 'attributes') return answer.attributes;
  if (answer.type === 'status' && answer.code === statusCodes.noSuchFile) return undefined;
  throw refusal(answer);
}

/** Names in the folder, without `.` and `..`; undefined when there is no such folder. */
export async function readFolder(session: SftpSession, path: string): Promise<NamedFile[] | undefined> {
  const opened = await session.request(packetTypes.opendir, [path]);
  if (opened.type === 'status' && opened.code === statusCodes.noSuchFile) return undefined;
  if (opened.type !== 'handle') throw refusal(opened);
  const found: NamedFile[] = [];
  try {
    for (;;) {
      const answer = await session.request(packetTypes.readdir, [opened.handle]);
      if (answer.type === 'status' && answer.code === statusCodes.end) break;
      if (answer.type !== 'names') throw refusal(answer);
      for (const file of answer.files) if (file.name !== '.' && file.name !== '..') found.push(file);
    }
  } finally {
    await closeHandle(session, opened.handle);
  }
  return found;
}

/** Creates the folder; one that is there is not an error. */
export async function makeFolder(session: SftpSession, path: string): Promise<void> {
  try {
    await done(session, packetTypes.mkdir, [path, ...permissions(0o700)]);
  } catch (error) {
    // Version 3 has no code for a name that is taken.
    if (!(error instanceof SftpStatus) || (await lstat(session, path)) === undefined) throw error;
  }
}

/**
 * Bytes of the file from `offset`: `length` of them, fewer only at its end.
 * @throws SftpStatus, and the reason of `interrupt`
 */
export async function readFile(
  session: SftpSession,
  path: string,
  { offset, length }: { readonly offset: number; readonly length: number },
  interrupt?: AbortSignal,
): Promise<Uint8Array> {
  const handle = await openFile(session, path, openFlags.read);
  try {
    const bytes = roomFor(length);
    const ends = await pieces(length, async (from, to) => {
      for (let at = from; at < to; ) {
        interrupt?.throwIfAborted();
        const fields = [handle, BigInt(offset + at), to - at];
        await session.paces.download?.take(to - at);
        const answer = await session.request(packetTypes.read, fields);
        if (answer.type === 'status' && answer.code === statusCodes.end) return at;
        if (answer.type !== 'data' || answer.data.length > to - at) throw refusal(answer);
        if (answer.data.length === 0) return at;
        bytes.set(answer.data, at);
        session.paces.traffic?.received(answer.data.length);
        at += answer.data.length;
      }
      return length;
    });
    return bytes.subarray(0, Math.min(length, ...ends));
  } finally {
    await closeHandle(session, handle);
  }
}

/**
 * Writes a new file, and flushes it where the server can.
 * @throws SftpStatus, also when the name is taken, and the reason of `interrupt`
 */
export async function writeNewFile(
  session: SftpSession,
  path: string,
  parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  interrupt?: AbortSignal,
): Promise<void> {
  const { write, create, exclusive } = openFlags;
  const handle = await openFile(session, path, write | create | exclusive);
  try {
    let offset = 0;
    for await (const part of parts) {
      const start = offset;
      await pieces(part.length, async (from, to) => {
        interrupt?.throwIfAborted();
        await session.paces.upload?.take(to - from);
        await done(session, packetTypes.write, [handle, BigInt(start + from), part.subarray(from, to)]);
        session.paces.traffic?.sent(to - from);
      });
      offset += part.length;
    }
    if (session.has('fsync@openssh.com'))
      await done(session, packetTypes.extended, ['fsync@openssh.com', handle]);
  } finally {
    await closeHandle(session, handle);
  }
}

/** The room of the file system that the folder lies on; undefined where the server does not tell. */
export async function spaceAt(session: SftpSession, folder: string): Promise<Space | undefined> {
  const extension = 'statvfs@openssh.com';
  if (!session.has(extension)) return undefined;
  const answer = await session.request(packetTypes.extended, [extension, folder]);
  return answer.type === 'extended' ? decodeSpace(answer.reply) : undefined;
}

/** Gives a file its name at once, in the place of what has it. Where the server cannot, that is removed first. */
export async function renameOver(session: SftpSession, from: string, to: string): Promise<void> {
  if (session.has('posix-rename@openssh.com'))
    return await done(session, packetTypes.extended, ['posix-rename@openssh.com', from, to]);
  await removeFile(session, to);
  await done(session, packetTypes.rename, [from, to]);
}

/**
 * Gives a file another name, unless that is taken: by a hard link, which a server refuses at once; where it has none, by a
 * rename after a look, which version 3 of the protocol refuses, too.
 */
export async function nameWithoutOverwrite(
  session: SftpSession,
  from: string,
  to: string,
): Promise<'named' | 'taken'> {
  try {
    if (session.has('hardlink@openssh.com')) {
      await done(session, packetTypes.extended, ['hardlink@openssh.com', from, to]);
      return 'named';
    }
  } catch (error) {
    if (!(error instanceof SftpStatus)) throw error;
    // A name that is taken and a file system without links have the same code.
  }
  if ((await lstat(session, to)) !== undefined) return 'taken';
  try {
    await done(session, packetTypes.rename, [from, to]);
    return 'named';
  } catch (error) {
    if (error instanceof SftpStatus && (await lstat(session, to)) !== undefined) return 'taken';
    throw error;
  }
}

/** Removes a file; one that is gone is not an error. */
export async function removeFile(session: SftpSession, path: string): Promise<void> {
  try {
    await done(session, packetTypes.remove, [path]);
  } catch (error) {
    if (!isStatus(error, statusCodes.noSuchFile)) throw error;
  }
}

async function openFile(session: SftpSession, path: string, flags: number): Promise<Buffer> {
  const fields = flags & openFlags.create ? permissions(0o600) : [0];
  const answer = await session.request(packetTypes.open, [path, flags, ...fields]);
  if (answer.type !== 'handle') throw refusal(answer);
  return answer.handle;
}

/** Never fails: a handle of a session that ended is closed by that. */
async function closeHandle(session: SftpSession, handle: Buffer): Promise<void> {
  await session.request(packetTypes.close, [handle]).catch(() => undefined);
}

async function done(session: SftpSession, type: number, fields: readonly Field[]): Promise<void> {
  const answer = await session.request(type, fields);
  if (answer.type !== 'status' || answer.code !== statusCodes.ok) throw refusal(answer);
}

/** Calls `use` for each piece of `length` bytes, many at once; the results stand in order. */
async function pieces<T>(length: number, use: (from: number, to: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const worker = async () => {
    while (next * pieceBytes < length) {
      const index = next++;
      results[index] = await use(index * pieceBytes, Math.min(length, (index + 1) * pieceBytes));
    }
  };
  const count = Math.min(maxUnderWay, Math.ceil(length / pieceBytes));
  await Promise.all(Array.from({ length: count }, worker));
  return results;
}

function refusal(answer: {
  readonly type: string;
  readonly code?: number;
  readonly message?: string;
}): Error {
  if (answer.type === 'status')
    return new SftpStatus(answer.code ?? statusCodes.failure, answer.message ?? '');
  return Object.assign(new Error(`an answer of type ${answer.type} was not expected`), { code: 'EPROTO' });
}
