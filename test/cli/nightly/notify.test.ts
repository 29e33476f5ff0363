import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RunMessage } from '../../../src/operations/notify/message.ts';
import {
  discordPayload,
  plainPayload,
  slackPayload,
  teamsPayload,
} from '../../../src/operations/notify/payloads.ts';
import { InProcessMachine } from '../in-process-machine.ts';
import { Mailbox } from './mailbox.ts';

const machine = new InProcessMachine();
const mailbox = new Mailbox();
let url = '';
const secretPath = '/services/T000/B000/very0secret0part';
beforeAll(async () => {
  url = await mailbox.open();
});
beforeEach(() => {
  mailbox.status = 200;
  mailbox.take();
});
afterAll(async () => {
  await mailbox.close();
  machine.dispose();
});

async function add(name: string, ...options: string[]) {
  const file = machine.path(`${name}.url`);
  writeFileSync(file, `${url}${secretPath}\n`);
  return machine.run(['notify', 'add', name, `url_file=${file}`, ...options]);
}

const message: RunMessage = {
  state: 'alarm',
  title: 'The backup run of <Acme> & @everyone raised an alarm',
  lines: ['backup: 3 of 10 objects are missing'],
  todo: 'look into Notion',
  time: '2026-11-29T03:00:00.000Z',
  host: 'laptop',
  store: '/var/backups',
  snapshot: 'a'.repeat(64),
  exitCode: 3,
};

test('each form carries title, lines and what to do', () => {
  for (const payload of [slackPayload, discordPayload, teamsPayload, plainPayload]) {
    const text = JSON.stringify(payload(message));
    expect(text).toContain('3 of 10 objects are missing');
    expect(text).toContain('look into Notion');
  }
  expect(slackPayload({ ...message, lines: ['a <b> & c'] })).toMatchObject({
    attachments: [{ text: expect.stringContaining('a &lt;b&gt; &amp; c') }],
  });
  expect(discordPayload(message)).toMatchObject({ allowed_mentions: { parse: [] } });
  expect(teamsPayload(message)).toMatchObject({
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive' }],
  });
  expect(plainPayload(message)).toMatchObject({ state: 'alarm', exit_code: 3, snapshot: message.snapshot });
});

test('no form is longer than what the chat programs take', () => {
  const long = { ...message, lines: Array.from({ length: 500 }, (_, n) => `object ${n} could not be read`) };
  const embed = JSON.parse(JSON.stringify(discordPayload(long))).embeds[0];
  expect(embed.description.length).toBeLessThan(2_000);
  expect(JSON.stringify(slackPayload(long)).length).toBeLessThan(4_000);
});

test.each(['webhook', 'slack', 'discord', 'teams'])('`notify test` posts JSON to a %s', async (type) => {
  expect((await add(type, `type=${type}`)).code).toBe(0);
  const { code, stdout } = await machine.run(['notify', 'test', type]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: `sent a test message to ${type}\n` });
  const [posted] = mailbox.take();
  expect(posted).toMatchObject({ path: secretPath, type: 'application/json' });
  expect(JSON.stringify(JSON.parse(posted?.body ?? ''))).toContain('this is a test');
});

test('a healthcheck is pinged with the message and the end of the log', async () => {
  await add('health', 'type=healthcheck');
  expect((await machine.run(['notify', 'test', 'health'])).code).toBe(0);
  const [posted] = mailbox.take();
  expect(posted?.path).toBe(secretPath);
  expect(posted?.body).toContain('end of the log');
});

test('a command gets the message on its standard input, and no secret in its environment', async () => {
  const out = machine.path('mail.txt');
  const command = `cat > ${out}; env >> ${out}`;
  expect((await machine.run(['notify', 'add', 'mail', 'type=command', `command=${command}`])).code).toBe(0);
  const env = { NOTION_TOKEN: 'ntn_canary0token', NOTION_KLOSET_PASSPHRASE: 'canary passphrase' };
  expect((await machine.run(['notify', 'test', 'mail'], { env })).code).toBe(0);
  const text = readFileSync(out, 'utf8');
  expect(text).toContain('A test of notion-kloset');
  expect(text).toContain('NOTION_KLOSET_EVENT=success');
  expect(text).not.toMatch(/canary/);
});

test('a place that refuses or cannot be reached ends with 69, and no word tells its address', async () => {
  await add('refusing', 'type=slack');
  mailbox.status = 404;
  const refused = await machine.run(['notify', 'test', 'refusing']);
  expect(refused.code).toBe(69);
  expect(refused.stderr).toContain('it answered 404');
  mailbox.status = 503;
  mailbox.take();
  expect((await machine.run(['notify', 'test', 'refusing'])).code).toBe(69);
  expect(mailbox.take()).toHaveLength(2);
  const closed = new Mailbox();
  const closedUrl = await closed.open();
  await closed.close();
  writeFileSync(machine.path('refusing.url'), `${closedUrl}${secretPath}`);
  const gone = await machine.run(['notify', 'test', 'refusing']);
  expect(gone.code).toBe(69);
  expect(gone.stderr).toContain('ECONNREFUSED');
  writeFileSync(machine.path('refusing.url'), `no address ${secretPath}`);
  const odd = await machine.run(['notify', 'test', 'refusing']);
  expect(odd.code).toBe(64);
  for (const { stdout, stderr } of [refused, gone, odd])
    expect(stdout + stderr).not.toContain('very0secret0part');
});

test('what a notification needs is checked when it is added', async () => {
  const refused: readonly (readonly [readonly string[], string])[] = [
    [['notify', 'add', 'x', 'type=pigeon'], 'type'],
    [['notify', 'add', 'x', 'type=slack'], 'url=-'],
    [['notify', 'add', 'x', 'type=command'], 'command='],
    [['notify', 'add', 'x', 'type=slack', 'url_env=U', 'on=noon'], 'on'],
    [['notify', 'add', 'x', 'type=slack', 'colour=red'], 'colour'],
  ];
  for (const [words, part] of refused) {
    const { code, stderr } = await machine.run(words);
    expect({ words, code }).toEqual({ words, code: 64 });
    expect(stderr).toContain(part);
  }
});

test('an address given openly is warned of, and never shown', async () => {
  const { code, stderr } = await machine.run([
    'notify',
    'add',
    'open',
    'type=slack',
    `url=${url}${secretPath}`,
  ]);
  expect(code).toBe(0);
  expect(stderr).toContain('url=…');
  const shown = await machine.run(['notify', 'show', 'open']);
  expect(shown.stdout).toContain('url: ********');
  expect(shown.stdout).not.toContain('very0secret0part');
});
