/**
 * A year of nightly runs on a virtual clock, with what goes wrong in a year. After each night the exit code, the message, the
 * store and `status` have to tell the same, and it has to be true.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { expect, vi } from 'vitest';
import { diskError } from '../../../src/backend/disk-errors.ts';
import { LocalBackend } from '../../../src/backend/local.ts';
import { mutateWorkspace } from '../../../src/simulator/sample/generated/mutate.ts';
import type { Simulator } from '../../../src/simulator/server.ts';
import { capabilitiesWithout } from '../../../src/simulator/server.ts';
import { createCheapStore } from '../cheap-store.ts';
import { Mailbox } from './mailbox.ts';
import { dayMs, NightMachine } from './night-machine.ts';

export const secrets = {
  token: 'ntn_canary0token0that0must0not0leak',
  passphrase: 'canary of nine quiet otters juggling',
};

interface Told {
  readonly code: number;
  readonly state: string;
  readonly steps: { readonly [step: string]: string };
  readonly message: {
    readonly state: string;
    readonly title: string;
    readonly lines: readonly string[];
    readonly todo: string | null;
  };
}

/** A household: Notion, a store, a copy of it, somebody who is told. Everything it ever printed is kept. */
export class Household {
  machine = new NightMachine();
  readonly mailbox = new Mailbox();
  readonly printed: string[] = [];
  notion!: Simulator;
  nights = 0;
  /** Nights since the last good backup. */
  #sinceGood = 0;
  #hookUrl = '';

  async open(): Promise<void> {
    this.#hookUrl = await this.mailbox.open();
    this.notion = await this.machine.notion({ token: secrets.token });
    await this.setUp(this.machine);
    await createCheapStore(this.machine, secrets.passphrase, this.machine.clock);
  }

  /** Settings of a machine, as a person types them. */
  async setUp(machine: NightMachine): Promise<void> {
    this.machine = machine;
    writeFileSync(machine.path('token'), `${secrets.token}\n`, { mode: 0o600 });
    writeFileSync(machine.path('pass'), `${secrets.passphrase}\n`, { mode: 0o600 });
    writeFileSync(machine.path('hook'), `${this.#hookUrl}\n`, { mode: 0o600 });
    machine.env.NOTION_API_URL = this.notion.url;
    machine.env.NOTION_KLOSET_PASSPHRASE_FILE = machine.path('pass');
    await this.ok(
      'source',
      'add',
      'mine',
      'location=notion://',
      `token_file=${machine.path('token')}`,
      'policy=nightly',
    );
    await this.ok(
      'notify',
      'add',
      'ops',
      'type=webhook',
      `url_file=${machine.path('hook')}`,
      'on=success,incomplete,alarm,failure',
    );
    await this.ok(
      'policy',
      'add',
      'nightly',
      'daily=7',
      'weekly=4',
      'monthly=12',
      'check=1/30',
      'maintenance=7d',
      'drill=7d',
      'notify=ops',
      `metrics=${machine.path('kloset.prom')}`,
    );
  }

  /** Runs a command of the store; its words are kept for the search for secrets. */
  async run(...words: string[]) {
    const done = await this.machine.run(['at', this.machine.store, ...words]);
    this.printed.push(done.stdout, done.stderr);
    return done;
  }

  async ok(...words: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.machine.run(['at', this.machine.store, ...words]);
    this.printed.push(stdout, stderr);
    expect({ words, code, stderr }).toMatchObject({ words, code: 0 });
    return stdout;
  }

  /** The next night; the message has to say what the exit code says. */
  async night(): Promise<Told> {
    this.machine.clock.advance(dayMs);
    this.nights += 1;
    this.mailbox.take();
    const { code, stdout, stderr } = await this.run(
      'run',
      '@mine',
      '--json',
      '--log',
      this.machine.path('night.log'),
    );
    const json = JSON.parse(stdout);
    const [posted, ...more] = this.mailbox.take();
    const message = JSON.parse(posted?.body ?? '{}');
    expect(more).toEqual([]);
    expect({ code: message.exit_code, state: message.state }).toEqual({ code, state: json.state });
    expect(stderr).not.toMatch(/Unexpected failure|\n\s+at /);
    const steps: { step: string; state: string }[] = json.steps;
    const isGood = steps[0]?.state === 'ok';
    this.#sinceGood = isGood ? 0 : this.#sinceGood + 1;
    return {
      code,
      state: json.state,
      steps: Object.fromEntries(steps.map(({ step, state }) => [step, state])),
      message,
    };
  }

  /** Nights in which nothing is wrong. */
  async quietNights(count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) {
      if (n % 3 === 0)
        mutateWorkspace(this.notion.state, { seed: this.nights, share: 0.1, clock: this.machine.clock });
      const { code, state, message } = await this.night();
      expect({ night: this.nights, code, state, message }).toMatchObject({ code: 0, state: 'success' });
      expect(message.todo).toBeNull();
    }
    await this.judgeStatus();
  }

  /** `status` tells the age of the last good backup, whatever the nights told. */
  async judgeStatus(): Promise<{ stdout: string }> {
    const { stdout } = await this.run('status', '--json');
    const { sources } = JSON.parse(stdout);
    const newest = sources[0];
    if (this.#sinceGood === 0) {
      expect(newest).toMatchObject({ complete: true, has_alarm: false });
      expect(newest.age_ms).toBeLessThan(dayMs / 2);
      expect(newest.drill.ok).toBe(true);
    }
    return { stdout };
  }

  async snapshots(): Promise<{ id: string; time: string; complete: boolean }[]> {
    return JSON.parse((await this.run('ls', '--json')).stdout).snapshots;
  }

  async close(): Promise<void> {
    await this.mailbox.close();
    await this.machine.close();
  }
}

/** Plays the year; `quiet` nights lie between the misfortunes. */
export async function playYear(house: Household, quiet: number): Promise<void> {
  await house.quietNights(Math.max(quiet, 2));
  await tokenExpires(house);
  await house.quietNights(quiet);
  await capabilityIsLost(house);
  await house.quietNights(quiet);
  await diskFillsUp(house);
  await house.quietNights(quiet);
  await storeIsNotMounted(house);
  await house.quietNights(quiet);
  await muchIsDeleted(house);
  await house.quietNights(quiet);
  await notionIsDown(house);
  await house.quietNights(quiet);
  await clockJumps(house);
  await house.quietNights(quiet);
  await machineIsReplaced(house);
  await house.quietNights(quiet);
}

async function tokenExpires(house: Household): Promise<void> {
  const before = await house.snapshots();
  writeFileSync(house.machine.path('token'), 'ntn_expired0token0of0no0value\n');
  for (let night = 1; night <= 3; night += 1) {
    const { code, state, steps, message } = await house.night();
    expect({ code, state }).toEqual({ code: 77, state: 'failure' });
    expect(steps).toMatchObject({ backup: 'failed', prune: 'skipped', maintenance: 'skipped' });
    expect(message.todo).toContain('profile/integrations');
    expect(message.lines.join('\n')).toContain(`, ${night * 24}h0m`);
  }
  expect((await house.snapshots()).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  const { code } = await house.run('status', '--max-age', '26h');
  expect(code).toBe(3);
  writeFileSync(house.machine.path('token'), `${secrets.token}\n`);
}

/** Comments are refused: a blind spot that is told, not an error of every night. */
async function capabilityIsLost(house: Household): Promise<void> {
  const less = await house.machine.notion({
    state: house.notion.state,
    token: secrets.token,
    capabilities: capabilitiesWithout('read_comments'),
  });
  house.machine.env.NOTION_API_URL = less.url;
  const { code } = await house.night();
  expect(code).toBe(0);
  const { stdout } = await house.run('status');
  expect(stdout).toMatch(/Refused by Notion: comments/i);
  const { code: doctor, stdout: findings } = await house.run('doctor', '@mine');
  expect(doctor).toBe(0);
  expect(findings).toContain('Read comments is missing');
  house.machine.env.NOTION_API_URL = house.notion.url;
  expect((await house.night()).code).toBe(0);
}

async function diskFillsUp(house: Household): Promise<void> {
  const full = diskError(
    Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }),
    house.machine.store,
  );
  const before = (await house.snapshots()).map(({ id }) => id);
  mutateWorkspace(house.notion.state, { seed: house.nights, share: 0.3, clock: house.machine.clock });
  const create = vi.spyOn(LocalBackend.prototype, 'create').mockRejectedValue(full);
  const { code, steps, message } = await house.night();
  create.mockRestore();
  expect({ code, backup: steps.backup, prune: steps.prune }).toEqual({
    code: 75,
    backup: 'failed',
    prune: 'skipped',
  });
  expect(message.todo).toMatch(/Make room/);
  expect((await house.snapshots()).map(({ id }) => id)).toEqual(before);
}

async function storeIsNotMounted(house: Household): Promise<void> {
  const { store } = house.machine;
  renameSync(store, `${store}.away`);
  for (let night = 0; night < 2; night += 1) {
    const { code, steps, message } = await house.night();
    expect({ code, backup: steps.backup }).toEqual({ code: 66, backup: 'failed' });
    expect(message.lines.at(-1)).toContain('not known');
  }
  // Nothing was begun in the empty place: the store comes back as it was.
  renameSync(`${store}.away`, store);
  expect((await house.run('check')).code).toBe(0);
}

async function muchIsDeleted(house: Household): Promise<void> {
  const { state } = house.notion;
  const before = (await house.snapshots()).map(({ id }) => id);
  const lost = [...state.pages.values()]
    .filter(({ id, inTrash }) => !inTrash && !state.shared.has(id))
    .slice(0, 5);
  for (const page of lost) page.inTrash = true;
  for (let night = 0; night < 2; night += 1) {
    const { code, state: told, steps, message } = await house.night();
    expect({ night, code, told }).toEqual({ night, code: 3, told: 'alarm' });
    expect(steps).toMatchObject({ backup: 'alarm', prune: 'skipped', maintenance: 'skipped' });
    expect(message.title).toContain('alarm');
  }
  expect((await house.run('status')).stdout).toContain('ALARM');
  const now = (await house.snapshots()).map(({ id }) => id);
  expect(before.every((id) => now.includes(id))).toBe(true);
  for (const page of lost) page.inTrash = false;
  expect((await house.night()).state).toBe('success');
}

async function notionIsDown(house: Household): Promise<void> {
  house.notion.faults.rates.unavailable = 1;
  for (let night = 1; night <= 2; night += 1) {
    const { code, steps, message } = await house.night();
    expect({ code, backup: steps.backup, check: steps.check }).toEqual({
      code: 69,
      backup: 'failed',
      check: 'ok',
    });
    expect(message.todo).toContain('notion-status');
  }
  house.notion.faults.rates.unavailable = 0;
}

/** The clock of the machine stands a month ahead for a night: its snapshot is told of, and nothing is pruned for it. */
async function clockJumps(house: Household): Promise<void> {
  const before = (await house.snapshots()).map(({ id }) => id);
  house.notion.notionClock.aheadMs = -30 * dayMs;
  house.machine.clock.advance(30 * dayMs);
  const { stdout } = await house.run('doctor', '@mine', '--json');
  const clock = JSON.parse(stdout).findings.find(({ topic }: { topic: string }) => topic === 'clock');
  expect(clock).toMatchObject({ state: 'warning' });
  expect((await house.night()).code).toBe(0);
  // The newest good one of every rule is still there: a jump of a month empties no day of its snapshots at once.
  const kept = (await house.snapshots()).map(({ id }) => id);
  expect(before.filter((id) => kept.includes(id)).length).toBeGreaterThan(0);
  // Time is set right by waiting for it: the virtual clock cannot go back.
  house.notion.notionClock.aheadMs = 0;
}

async function machineIsReplaced(house: Household): Promise<void> {
  const old = house.machine;
  const export_ = await old.run(['identity', 'export', old.path('identity.export')], {
    env: { NOTION_KLOSET_IDENTITY_PASSPHRASE: 'a passphrase for the way between' },
  });
  expect(export_.code).toBe(0);
  const drilled = JSON.parse((await house.run('status', '--json')).stdout).sources[0].drill;
  const fresh = new NightMachine(old.clock);
  writeFileSync(fresh.path('identity.export'), readFileSync(old.path('identity.export')));
  renameSync(old.store, fresh.store);
  const import_ = await fresh.run(['identity', 'import', fresh.path('identity.export')], {
    env: { NOTION_KLOSET_IDENTITY_PASSPHRASE: 'a passphrase for the way between' },
  });
  expect(import_.code).toBe(0);
  await house.setUp(fresh);
  // The new machine knows of the last drill from the store alone.
  expect(JSON.parse((await house.run('status', '--json')).stdout).sources[0].drill).toEqual(drilled);
  expect((await house.night()).code).toBe(0);
  await old.close();
  house.notion = await fresh.notion({ state: house.notion.state, token: secrets.token });
  fresh.env.NOTION_API_URL = house.notion.url;
}
