/**
 * Somebody who types what the pages say: a workspace with the titles they speak of, the stores, sources and files they name,
 * and answers to the questions that are asked. Paths at the root of the machine lie in a folder.
 */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { vi } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { systemClock } from '../../../src/clock.ts';
import { KlosetError } from '../../../src/errors.ts';
import * as records from '../../../src/simulator/workspace/state.ts';
import { OwnLock } from '../../../src/store/locks/own-lock.ts';
import { FakeS3, fakeKey } from '../../backend/fake-s3.ts';
import { KeptFolder } from '../../kept-folder.ts';
import { createCheapStore } from '../cheap-store.ts';
import { fakeIo } from '../fake-io.ts';
import { InProcessMachine } from '../in-process-machine.ts';
import { Mailbox } from '../nightly/mailbox.ts';
import type { World } from '../world.ts';
import { newWorld } from '../world.ts';

const passphrase = 'nine wet otters juggling plums';

export interface Told {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export class Reader {
  readonly machine = new InProcessMachine();
  readonly bucket = new FakeS3({ objectLock: true });
  readonly mailbox = new Mailbox();
  world!: World;
  /** What stands for each placeholder of the pages. */
  placeholders: readonly (readonly [RegExp, string])[] = [];
  #kept!: KeptFolder;
  #address = '';

  /** Where a path at the root of the machine lies. */
  path(absolute: string): string {
    return this.machine.path(`root${absolute}`);
  }

  async open(): Promise<void> {
    const { machine } = this;
    await this.bucket.start();
    const address = await this.mailbox.open();
    this.#address = address;
    // The SDK of S3 reads the variables of the process.
    vi.stubEnv('AWS_ACCESS_KEY_ID', fakeKey);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'a0secret');
    this.world = await newWorld({}, machine);
    const { simulator } = this.world;
    this.#drawPages();
    Object.assign(machine.env, {
      NOTION_API_URL: simulator.url,
      NOTION_TOKEN: simulator.token,
      NOTION_PAGE_ID: this.world.home.id,
      PATH: `${machine.path('bin')}:${process.env.PATH}`,
      NOTION_KLOSET_SSH_COMMAND: machine.path('bin/fake-ssh'),
    });
    for (const name of ['systemctl', 'crontab', 'xdg-open']) this.#fake(name);
    const server = join(import.meta.dirname, '../../backend/fake-ssh.mjs');
    this.#fake('fake-ssh', `exec ${process.execPath} ${server} '{}' "$@"`);
    rmSync(machine.store, { recursive: true });
    rmSync(machine.path('config'), { recursive: true });
    rmSync(machine.path('cache'), { recursive: true, force: true });
    machine.store = machine.path('.notion-kloset');
    await createCheapStore(machine, passphrase, systemClock);
    this.#write('/etc/notion-kloset/token', simulator.token);
    this.#write('/etc/notion-kloset/passphrase', passphrase);
    this.#write('/etc/notion-kloset/healthcheck', address);
    this.#write('/etc/notion-kloset/s3', 'a0secret');
    writeFileSync(machine.path('notion.token'), simulator.token);
    writeFileSync(machine.path('office.pass'), passphrase);
    machine.env.NOTION_KLOSET_PASSPHRASE_FILE = this.path('/etc/notion-kloset/passphrase');
    const first = await this.#ok('backup', '--tag', 'trial', '--json', '-force-timestamp', '2026-09-20');
    await this.#ok('backup', '--tag', 'monthly', '-force-timestamp', '2026-09-21');
    const second = await this.#ok('backup', '--tag', 'nightly', '--json');
    await this.#ok('backup', '--json');
    const stores = ['/var/backups', '/mnt/disk/notion', '/mnt/disk/store', '/mnt/office/notion'];
    for (const place of stores) cpSync(machine.store, this.path(place), { recursive: true });
    await this.#configure(address);
    const lock = await this.#leaveLock();
    const short = (json: string) => String(JSON.parse(json).snapshot).slice(0, 8);
    const restored = this.world.page('Restored');
    this.placeholders = [
      [/4cf5a3c0/g, short(second)],
      [/9b1d22e7/g, short(first)],
      [/3f9a2b1c/g, lock],
      [/1234567890abcdef1234567890abcdef/g, this.world.home.id.replaceAll('-', '')],
      [/fedcba0987654321fedcba0987654321/g, restored.id.replaceAll('-', '')],
      [/^s3:\/\/my-bucket/g, this.bucket.address],
      [
        /^sftp:\/\/backup@nas\.example\/~\/notion/g,
        `sftp://backup@nas.example${this.path('/mnt/disk/notion')}`,
      ],
      [/^ntn_…$/g, simulator.token],
      [/(?<=^|=)\/(?=(?:var|mnt|etc|tmp)\/)/g, `${this.path('')}/`],
    ];
    this.#kept = new KeptFolder(machine.home);
  }

  #drawPages(): void {
    const { world } = this;
    const notes = world.below(world.home, 'Notes');
    world.write(notes, 'the budget of the house', 'the quarterly report is due');
    world.below(world.home, 'Annual report');
    for (const parent of ['home', 'workspace'] as const) {
      const tasks = world.table('Tasks', { Done: { type: 'checkbox' } });
      if (parent === 'workspace') {
        records.moveTo(world.state, tasks.database, { type: 'workspace', id: '' });
        world.state.shared.add(tasks.database.id);
      }
      world.row(tasks, 'Repair the bicycle', { Done: false });
      records.addView(world.state, {
        databaseId: tasks.database.id,
        dataSourceId: tasks.source.id,
        type: 'table',
        name: 'Board',
        createdTime: world.later(),
        configuration: { type: 'table' },
      });
    }
  }

  async #configure(address: string): Promise<void> {
    const token = `token_file=${this.path('/etc/notion-kloset/token')}`;
    await this.#ok('source', 'add', 'mynotion', 'location=notion://', token);
    await this.#ok(
      'destination',
      'add',
      'mynotion',
      'location=notion://',
      token,
      `rootID=${this.world.home.id}`,
    );
    const secret = `passphrase_file=${this.path('/etc/notion-kloset/passphrase')}`;
    await this.#ok('store', 'add', 'disk', `location=${this.path('/var/backups')}`, secret);
    await this.#ok('notify', 'add', 'ops', 'type=webhook', `url=${address}`);
    await this.#ok('policy', 'add', 'nightly', 'daily=7');
    await this.#ok('restore', '--root-id', this.world.home.id, '/Home/Notes');
  }

  /** The lock of a process that lives: this one. Its id, as far as people type it. */
  async #leaveLock(): Promise<string> {
    const release = vi.spyOn(OwnLock.prototype, 'release').mockResolvedValue();
    await this.#ok('tag', 'latest', 'kept');
    release.mockRestore();
    const locks = `${this.machine.store}/locks`;
    const [lock = ''] = readdirSync(locks);
    renameSync(locks, this.machine.path('held'));
    return lock.slice(0, 8);
  }

  /** Takes back what was changed on the machine. */
  reset(): void {
    this.#kept.putBack();
  }

  /** A machine that knows nothing yet: no settings, no stores. */
  forget(): void {
    for (const name of ['config', 'cache', 'data', '.notion-kloset', 'root/var', 'root/mnt'])
      rmSync(this.machine.path(name), { recursive: true, force: true });
  }

  /** The id of the newest snapshot of the store of a command line. */
  async newest(words: readonly string[]): Promise<string> {
    const { out } = await this.run([...words.slice(0, words[0] === 'at' ? 2 : 0), 'ls', '--json']);
    return String(JSON.parse(out).snapshots.at(-1).id).slice(0, 8);
  }

  /** Puts a lock of a process that lives into the store. */
  lock(): void {
    cpSync(this.machine.path('held'), `${this.machine.store}/locks`, { recursive: true });
  }

  /** The words as this reader types them. */
  typed(words: readonly string[]): string[] {
    return words.map((word) => {
      let text = word;
      for (const [placeholder, value] of this.placeholders) text = text.replaceAll(placeholder, value);
      return text;
    });
  }

  /** Runs the words behind the name of the program; questions are answered, and what goes on is interrupted. */
  async run(words: readonly string[], env: { readonly [name: string]: string } = {}): Promise<Told> {
    const goesOn = words.includes('ui') || words.includes('simulator');
    const base = fakeIo({ ...this.machine.env, ...env }, this.machine.home, ['a person is there']);
    const stop = new AbortController();
    if (goesOn) stop.abort(new KlosetError('temporary', 'Interrupted.'));
    const signal = goesOn ? stop.signal : base.signal;
    const clock = goesOn ? base.clock : { now: () => Date.now(), sleep: async () => {} };
    const ask = async (question: string) => this.#answer(question);
    const code = await main([...words], { ...base, clock, ask, ...(goesOn ? { signal } : {}) });
    return { code, out: base.out(), err: base.err() };
  }

  #answer(question: string): string {
    if (/\?.*\[/.test(question) || /\by\/n\b/i.test(question)) return 'y';
    if (/token/i.test(question)) return this.world.simulator.token;
    if (/url|address/i.test(question)) return this.#address;
    if (/passphrase/i.test(question)) return passphrase;
    return this.machine.path('answered');
  }

  async close(): Promise<void> {
    vi.unstubAllEnvs();
    await this.world.close();
    await this.bucket.stop();
    await this.mailbox.close();
    this.#kept.remove();
  }

  async #ok(...words: string[]): Promise<string> {
    const { code, out, err } = await this.run(words);
    if (code !== 0) throw new Error(`${words.join(' ')}: exit ${code}: ${err}`);
    return out;
  }

  #write(absolute: string, text: string): void {
    mkdirSync(dirname(this.path(absolute)), { recursive: true });
    writeFileSync(this.path(absolute), `${text}\n`, { mode: 0o600 });
  }

  #fake(name: string, work = 'cat > /dev/null'): void {
    mkdirSync(this.machine.path('bin'), { recursive: true });
    writeFileSync(this.machine.path('bin', name), `#!/bin/sh\n${work}\n`);
    chmodSync(this.machine.path('bin', name), 0o755);
    if (!existsSync(this.path('/tmp'))) mkdirSync(this.path('/tmp'), { recursive: true });
  }
}
