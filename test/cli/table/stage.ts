/**
 * A machine on which every command can end in every way: a store with backups and a copy of it, a workspace, named settings,
 * an identity. What a command changes is taken back before the next one.
 */
import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { Io } from '../../../src/cli/app/io.ts';
import { main } from '../../../src/cli/main.ts';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import type { Simulator } from '../../../src/simulator/server.ts';
import { startSimulator } from '../../../src/simulator/server.ts';
import { encodeKeyFile } from '../../../src/store/access/key-file.ts';
import { OwnLock } from '../../../src/store/locks/own-lock.ts';
import { Machine } from '../../e2e/machine.ts';
import { KeptFolder } from '../../kept-folder.ts';
import { fakeIo } from '../fake-io.ts';

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StageRun {
  readonly env?: { readonly [name: string]: string | undefined };
  /** Changes the process before the command begins. */
  readonly io?: (io: Io) => Partial<Io>;
}

export class Stage extends Machine {
  notion!: Simulator;
  /** Id of the newest snapshot, and of the first page at the top. */
  snapshot = '';
  page = '';
  /** Id of the snapshot with an alarm. */
  alarmed = '';
  /** Id of a blob of the newest snapshot. */
  blob = '';
  /** A key slot that nobody needs. */
  slot = '';
  /** The home as it is at the beginning. */
  #kept!: KeptFolder;

  constructor() {
    super({ folder: '', package: '', command: '' });
  }

  async open(): Promise<void> {
    this.notion = await startSimulator({ state: sampleWorkspace({ small: true }), clock: 'real' });
    this.connect(this.notion);
    this.page = [...this.notion.state.shared][0] ?? '';
    this.env.NOTION_KLOSET_STORE = this.store;
    this.env.PATH = `${this.path('bin')}:${process.env.PATH}`;
    this.#fake('systemctl', 'exit 0');
    writeFileSync(this.path('token'), this.notion.token, { mode: 0o600 });
    writeFileSync(this.path('other.key'), encodeKeyFile(Buffer.alloc(32, 8)), { mode: 0o600 });
    await this.#fillStore();
    await this.#configure();
    await this.#leaveLock();
    this.#kept = new KeptFolder(this.home);
  }

  /** A good backup, one with an alarm, and the newest, which is good; a copy; a store whose backup has a gap. */
  async #fillStore(): Promise<void> {
    const { pages, shared } = this.notion.state;
    const backup = async (code: number) =>
      String(JSON.parse(await this.#ends(code, 'backup', '--json')).snapshot);
    this.snapshot = await backup(0);
    const lost = [...pages.values()].filter(({ id, inTrash }) => !inTrash && !shared.has(id)).slice(0, 6);
    for (const page of lost) page.inTrash = true;
    this.alarmed = await backup(3);
    for (const page of lost) page.inTrash = false;
    await backup(0);
    const entry = JSON.parse(await this.#ends(0, 'diag', 'vfs', 'latest:/manifest.json', '--json'));
    this.blob = String(entry.chunks[0].id);
    await this.#ends(0, 'sync', 'to', this.path('copy'));
    await this.#ends(0, 'create', this.path('fresh'));
    this.refuse(/blocks\/.*\/children/);
    await this.#ends(3, 'at', this.path('gaps'), 'backup');
    this.refuse();
    await this.#ends(0, 'export', this.path('exported.kloset'));
    const added = JSON.parse(await this.#ends(0, 'key', 'add', '--json'));
    this.slot = added.slot;
    await this.#ends(0, 'identity', 'trust', otherSigner);
  }

  async #configure(): Promise<void> {
    const token = `token_file=${this.path('token')}`;
    await this.#ends(0, 'source', 'add', 'mine', 'location=notion://', token, 'policy=nightly');
    await this.#ends(0, 'destination', 'add', 'mine', 'location=notion://', token, `rootID=${this.page}`);
    await this.#ends(0, 'store', 'add', 'disk', `location=${this.store}`, `keyfile=${this.keyFile}`);
    await this.#ends(0, 'policy', 'add', 'nightly', 'daily=7');
    await this.#ends(0, 'notify', 'add', 'ops', 'type=command', 'command=cat', 'on=failure');
    await this.#ends(0, 'identity', 'export', this.path('identity.sealed'));
    await this.#ends(0, 'schedule', 'install', '@mine');
    cpSync(this.path('config'), this.path('sealed'), { recursive: true });
    mkdirSync(this.path('stranger'));
    const { code, stderr } = await this.do(['identity', 'encrypt'], {
      env: { XDG_CONFIG_HOME: this.path('sealed') },
    });
    if (code !== 0) throw new Error(stderr);
  }

  /** From now on Notion refuses what `path` fits; nothing when left out. */
  refuse(path?: RegExp): void {
    const { script } = this.notion.faults;
    script.length = 0;
    const answer = { status: 403, code: 'restricted_resource', message: 'Not for you.' };
    if (path !== undefined) script.push({ method: 'GET', path, answer });
  }

  /** Takes back what was changed. */
  reset(): void {
    this.refuse();
    this.#kept.putBack();
  }

  /** Puts the lock of maintenance that goes on into the store. */
  lock(): void {
    cpSync(this.path('held'), join(this.store, 'locks'), { recursive: true });
  }

  async do(words: readonly string[], { env = {}, io = () => ({}) }: StageRun = {}): Promise<Ended> {
    const given = Object.entries({
      ...this.env,
      NOTION_KLOSET_IDENTITY_PASSPHRASE: identityPassphrase,
      NOTION_KLOSET_NEW_PASSPHRASE: 'nine quiet otters juggling pears',
      ...env,
    });
    const own = Object.fromEntries(
      given.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );
    const base = fakeIo(own, this.home);
    const clock = { now: () => Date.now(), sleep: async () => {} };
    const code = await main([...words], { ...base, clock, ...io({ ...base, clock }) });
    return { code, stdout: base.out(), stderr: base.err() };
  }

  async close(): Promise<void> {
    await this.notion.close();
    this.#kept.remove();
    this.dispose();
  }

  async #ends(wanted: number, ...words: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.do(['--keyfile', this.keyFile, ...words]);
    if (code !== wanted) throw new Error(`${words.join(' ')}: exit ${code}: ${stderr}`);
    return stdout;
  }

  /** The lock of a process that lives: this one. */
  async #leaveLock(): Promise<void> {
    const release = vi.spyOn(OwnLock.prototype, 'release').mockResolvedValue();
    await this.#ends(0, 'maintenance', '--apply');
    release.mockRestore();
    cpSync(join(this.store, 'locks'), this.path('held'), { recursive: true });
    rmSync(join(this.store, 'locks'), { recursive: true });
  }

  #fake(name: string, script: string): void {
    mkdirSync(this.path('bin'), { recursive: true });
    writeFileSync(this.path('bin', name), `#!/bin/sh\n${script}\n`);
    chmodSync(this.path('bin', name), 0o755);
  }
}

export const identityPassphrase = 'nine slow otters juggling plums';

/** A key that the store trusts besides that of this machine. */
export const otherSigner = '8f3c1f0a5b9d4e2c7a6b1d0e9f8c7b6a5d4e3f2c1b0a99887766554433221100';
