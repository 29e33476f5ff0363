/**
 * One ssh process that speaks SFTP: requests go out as they come, answers find their request by its number. When ssh ends,
 * or says nothing for too long, every request fails, and the session is over.
 */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import type { WatchedPaces } from '../remote/traffic.ts';
import type { SftpAddress } from '../remote-address.ts';
import type { Answer, Field } from './packets.ts';
import { decodeAnswer, decodeVersion, encodePacket, packetTypes } from './packets.ts';
import { sshEnded, sshMissing } from './ssh-errors.ts';

export interface SshOptions {
  /** The program and its first arguments; `ssh` by default. */
  readonly command?: readonly string[];
  /** Milliseconds without an answer after which the connection counts as dead. */
  readonly idleMs?: number;
  /** The variables of ssh; by default those of this process. */
  readonly env?: { readonly [name: string]: string };
  readonly paces?: WatchedPaces;
}

const defaultIdleMs = 60_000;
/** Packets of a server are smaller: 256 KiB in OpenSSH. Guards memory. */
const maxPacketBytes = 1024 ** 2;
/** Of what ssh writes on standard error. */
const maxSaidBytes = 16 * 1024;

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

export class SftpSession {
  readonly paces: WatchedPaces;
  readonly #address: SftpAddress;
  readonly #ssh: ChildProcessWithoutNullStreams;
  readonly #idleMs: number;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #received: Buffer[] = [];
  #receivedBytes = 0;
  /** Bytes of the next packet, or of its length while that is not known. */
  #neededBytes = 4;
  #said = '';
  #end: Error | undefined;
  #timer: NodeJS.Timeout | undefined;
  #extensions: ReadonlyMap<string, string> = new Map();

  /** Starts ssh and agrees on the version. @throws KlosetError credentials, usage; Error with a code of the network */
  static async open(address: SftpAddress, options: SshOptions): Promise<SftpSession> {
    const session = new SftpSession(address, options);
    await session.#begin();
    return session;
  }

  private constructor(
    address: SftpAddress,
    { command = ['ssh'], idleMs = defaultIdleMs, env, paces = {} }: SshOptions,
  ) {
    this.paces = paces;
    this.#address = address;
    this.#idleMs = idleMs;
    const [program = 'ssh', ...first] = command;
    // A group of its own: Ctrl-C must not cut the connection over which the lock is given back.
    const variables = env === undefined ? {} : { env };
    this.#ssh = spawn(program, [...first, ...sshArguments(address)], {
      detached: true,
      stdio: 'pipe',
      ...variables,
    });
    const { stdin, stdout, stderr } = this.#ssh;
    stdout.on('data', (bytes: Buffer) => this.#receive(bytes));
    stderr.on('data', (bytes: Buffer) => {
      this.#said = (this.#said + bytes.toString('utf8')).slice(-maxSaidBytes);
    });
    // The end of ssh tells the reason.
    stdin.on('error', () => undefined);
    this.#ssh.on('error', (error) => this.#fail(sshMissing(program, error)));
    this.#ssh.on('close', () => this.#fail(sshEnded(address, this.#said)));
  }

  get isOpen(): boolean {
    return this.#end === undefined;
  }

  has(extension: string): boolean {
    return this.#extensions.has(extension);
  }

  /** Sends a request and gives its answer. @throws Error that ended the session */
  request(type: number, fields: readonly Field[]): Promise<Answer> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    const id = this.#nextId++ >>> 0;
    return this.#exchange(id, encodePacket(type, id, fields));
  }

  close(): void {
    this.#ssh.stdin.end();
    this.#ssh.kill();
  }

  async #begin(): Promise<void> {
    await this.#exchange(versionId, encodePacket(packetTypes.init, undefined, [3]));
  }

  #exchange(id: number, packet: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#watch();
      this.#ssh.stdin.write(packet);
    });
  }

  #receive(bytes: Buffer): void {
    this.#timer?.refresh();
    this.#received.push(bytes);
    this.#receivedBytes += bytes.length;
    // Joined once for each packet, not once for each piece of it.
    if (this.#receivedBytes < this.#neededBytes) return;
    let all = this.#received.length === 1 ? bytes : Buffer.concat(this.#received);
    this.#neededBytes = 4;
    while (all.length >= 4 && this.#end === undefined) {
      const length = all.readUInt32BE(0);
      if (length > maxPacketBytes || length === 0) {
        this.#break('a packet of impossible size');
        return;
      }
      if (all.length < 4 + length) {
        this.#neededBytes = 4 + length;
        break;
      }
      this.#answer(all.subarray(4, 4 + length));
      all = all.subarray(4 + length);
    }
    this.#received = all.length === 0 ? [] : [all];
    this.#receivedBytes = all.length;
  }

  #answer(packet: Buffer): void {
    try {
      const isFirst = this.#waiting.has(versionId);
      if (isFirst) this.#extensions = decodeVersion(packet);
      const { id, answer } = isFirst ? { id: versionId, answer: ready } : decodeAnswer(packet);
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      this.#watch();
      waiting?.resolve(answer);
    } catch (error) {
      this.#break(error instanceof Error ? error.message : String(error));
    }
  }

  /** An answer that is not SFTP: a greeting of the shell's start files, mostly. */
  #break(problem: string): void {
    const { host } = this.#address;
    this.#fail(Object.assign(new Error(`${host} does not speak SFTP (${problem})`), { code: 'EPROTO' }));
  }

  #fail(error: Error): void {
    if (this.#end !== undefined) return;
    this.#end = error;
    clearTimeout(this.#timer);
    this.#ssh.kill('SIGKILL');
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  /** While somebody waits, silence is counted and the process stays; otherwise neither keeps this program running. */
  #watch(): void {
    const isAwaited = this.#waiting.size > 0;
    const { stdin, stdout, stderr } = this.#ssh;
    for (const each of [this.#ssh, ...[stdin, stdout, stderr].filter((stream) => stream instanceof Socket)])
      isAwaited ? each.ref() : each.unref();
    clearTimeout(this.#timer);
    if (!isAwaited) return;
    const silent = Object.assign(new Error('the server did not answer in time'), { code: 'ETIMEDOUT' });
    this.#timer = setTimeout(() => this.#fail(silent), this.#idleMs);
  }
}

/** Not the number of any request: those begin with 1. */
const versionId = 0;
const ready: Answer = { type: 'status', code: 0, message: '' };

/** The user's configuration counts, but for questions, which nobody could answer, and for waiting without end. */
function sshArguments({ user, host, port }: SftpAddress): string[] {
  const options = ['BatchMode=yes', 'ConnectTimeout=15', 'ServerAliveInterval=15', 'ServerAliveCountMax=3'];
  return [
    ...options.flatMap((option) => ['-o', option]),
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...['-s', '--', host, 'sftp'],
  ];
}
