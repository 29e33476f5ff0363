/** An OpenSSH server of our own on loopback, with keys and known hosts of its own: it touches nobody's ~/.ssh. */
import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePorts } from './free-ports.ts';

export class Sshd {
  readonly folder: string;
  readonly port: number;
  #process: ChildProcess | undefined;
  #stores = 0;

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
  }

  static async start(): Promise<Sshd> {
    const sshd = new Sshd(mkdtempSync(join(tmpdir(), 'kloset-sshd-')), await freePorts());
    sshd.#prepare();
    await sshd.run();
    return sshd;
  }

  path(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }

  /** The command that reaches it, as NOTION_KLOSET_SSH_COMMAND takes it; `config` is another file of the folder. */
  command(config = 'client'): string[] {
    return ['ssh', '-F', this.path(config)];
  }

  /** The address of a store that does not exist yet, and its folder here. */
  newStore(): { readonly address: string; readonly folder: string } {
    const folder = this.path('data', `store-${++this.#stores}`);
    return { address: `sftp://${userInfo().username}@127.0.0.1:${this.port}${folder}`, folder };
  }

  /** A client configuration beside the right one, `changes` put before it: the first value of an option counts. */
  configure(name: string, changes: readonly string[]): void {
    writeFileSync(this.path(name), [...changes, readFileSync(this.path('client'), 'utf8')].join('\n'));
  }

  async run(): Promise<void> {
    if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
    const words = ['-D', '-f', this.path('conf'), '-E', this.path('log')];
    this.#process = spawn('/usr/sbin/sshd', words, { detached: true, stdio: 'ignore' });
    for (let tries = 0; tries < 200; tries++) {
      if (await answers(this.port)) return;
      await pause(25);
    }
    throw new Error(`sshd did not start:\n${readFileSync(this.path('log'), 'utf8')}`);
  }

  /** Ends the server and every session of it without warning. */
  kill(): void {
    const pid = this.#process?.pid;
    if (pid === undefined) return;
    for (const each of [...descendants(pid), pid]) {
      try {
        process.kill(each, 'SIGKILL');
      } catch {
        // It ended meanwhile.
      }
    }
    this.#process = undefined;
  }

  stop(): void {
    this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #prepare(): void {
    mkdirSync(this.path('data'));
    for (const key of ['host', 'id', 'stranger'])
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', key, '-f', this.path(key)]);
    copyFileSync(this.path('id.pub'), this.path('authorized_keys'));
    writeFileSync(
      this.path('known_hosts'),
      `[127.0.0.1]:${this.port} ${readFileSync(this.path('host.pub'), 'utf8')}`,
    );
    const server = [
      'ListenAddress 127.0.0.1',
      `Port ${this.port}`,
      `HostKey ${this.path('host')}`,
      `PidFile ${this.path('pid')}`,
      `AuthorizedKeysFile ${this.path('authorized_keys')}`,
      ...['StrictModes no', 'UsePAM no', 'PasswordAuthentication no', 'KbdInteractiveAuthentication no'],
      ...['PermitRootLogin prohibit-password', 'Subsystem sftp internal-sftp'],
      `ForceCommand internal-sftp -d ${this.path('data')}`,
    ];
    writeFileSync(this.path('conf'), `${server.join('\n')}\n`);
    const client = [
      `IdentityFile ${this.path('id')}`,
      ...['IdentitiesOnly yes', 'StrictHostKeyChecking yes'],
      `UserKnownHostsFile ${this.path('known_hosts')}`,
      'GlobalKnownHostsFile /dev/null',
    ];
    writeFileSync(this.path('client'), `${client.join('\n')}\n`);
  }
}

/** Processes below `pid`, the deepest first. */
function descendants(pid: number): number[] {
  const children = childrenOf(pid);
  return [...children.flatMap(descendants), ...children];
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
