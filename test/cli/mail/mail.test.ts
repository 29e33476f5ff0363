/** Messages by mail: what arrives, who gets it, what is refused, and that no word tells the password. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { mailOf } from '../../../src/operations/notify/mail.ts';
import type { MailAccount } from '../../../src/operations/notify/mail-account.ts';
import type { RunMessage } from '../../../src/operations/notify/message.ts';
import type { MailNotifier } from '../../../src/operations/notify/send.ts';
import { send } from '../../../src/operations/notify/send.ts';
import { InProcessMachine } from '../in-process-machine.ts';
import { selfSignedCertificate } from './certificate.ts';
import { hangUp, SmtpServer } from './smtp-server.ts';

const certificate = selfSignedCertificate();
const login = { user: 'backup@example.com', password: 'canary0password' };
const machine = new InProcessMachine();
const starttls = new SmtpServer({ certificate, tls: 'starttls', login });
const implicit = new SmtpServer({ certificate, tls: 'implicit', login });
const plain = new SmtpServer({ certificate, tls: 'none' });
const servers = [starttls, implicit, plain];
const ports = new Map<SmtpServer, number>();
const caFile = machine.path('authority.pem');
const passwordFile = machine.path('password');
beforeAll(async () => {
  for (const server of servers) ports.set(server, await server.open());
  writeFileSync(caFile, certificate.cert);
  writeFileSync(passwordFile, `${login.password}\n`);
});
beforeEach(() => {
  for (const server of servers) server.reset();
});
afterAll(async () => {
  for (const server of servers) await server.close();
  machine.dispose();
});

const address = (server: SmtpServer) =>
  `${server.options.tls === 'implicit' ? 'smtps' : 'smtp'}://localhost:${ports.get(server)}`;

async function add(name: string, server: SmtpServer, ...options: string[]) {
  const place = [`server=${address(server)}`, 'to=me@example.com, you@example.org', `ca_file=${caFile}`];
  return await machine.run(['notify', 'add', name, 'type=mail', ...place, ...options]);
}

const account = (server: SmtpServer): MailAccount => ({
  server: {
    host: 'localhost',
    port: ports.get(server) ?? 0,
    isImplicitTls: server.options.tls === 'implicit',
  },
  isEncrypted: server.options.tls !== 'none',
  authority: certificate.cert,
  from: 'backup@example.com',
  to: ['me@example.com'],
  ...(server.options.login === undefined ? {} : { login: server.options.login }),
});

const message: RunMessage = {
  state: 'alarm',
  title: 'The backup run of Acme on laptop raised an alarm',
  lines: ['backup: 3 of 10 objects are missing'],
  todo: 'look into Notion',
  time: '2026-11-29T03:00:00.000Z',
  host: 'laptop',
  store: '/var/backups',
  snapshot: 'a'.repeat(64),
  exitCode: 3,
};

async function deliver(server: SmtpServer, changes: Partial<RunMessage> = {}, of = account(server)) {
  const notifier: MailNotifier = {
    name: 'me',
    type: 'mail',
    on: new Set(['alarm']),
    account: async () => of,
  };
  const signal = new AbortController().signal;
  await send(notifier, { ...message, ...changes }, { signal, timeoutMs: 1_500, runShell: async () => {} });
}

/** Headers by lower-case name, unfolded, each in the order in which it came. */
function headersOf(text: string): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  const [head = ''] = text.split('\r\n\r\n', 1);
  for (const line of head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const [, name = '', value = ''] = /^([!-9;-~]+): ?(.*)$/.exec(line) ?? [];
    headers.set(name.toLowerCase(), [...(headers.get(name.toLowerCase()) ?? []), value]);
  }
  return headers;
}

function bodyOf(text: string): string {
  const body = text.slice(text.indexOf('\r\n\r\n') + 4);
  return headersOf(text).get('content-transfer-encoding')?.[0] === 'quoted-printable'
    ? Buffer.from(
        body
          .replaceAll(/=\r\n/g, '')
          .replaceAll(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
        'latin1',
      ).toString('utf8')
    : body;
}

test.each([
  ['STARTTLS', starttls],
  ['implicit TLS', implicit],
])('`notify test` mails over %s with user and password', async (_, server) => {
  const name = server.options.tls;
  const added = await add(name, server, `user=${login.user}`, `password_file=${passwordFile}`);
  expect(added).toMatchObject({ code: 0, stderr: '' });
  const { code, stdout, stderr } = await machine.run(['notify', 'test', name]);
  expect({ code, stdout, stderr }).toEqual({
    code: 0,
    stdout: `sent a test message to ${name}\n`,
    stderr: '',
  });
  expect(server.taken).toHaveLength(1);
  expect(server.taken[0]).toMatchObject({
    from: login.user,
    to: ['me@example.com', 'you@example.org'],
    isEncrypted: true,
    user: login.user,
  });
  expect(server.violations).toEqual([]);
  const shown = await machine.run(['notify', 'show', name]);
  expect(shown.stdout).toContain(`server: ${address(server)}`);
  expect(shown.stdout).not.toContain('canary');
});

test('a server of this machine that wants neither TLS nor password is enough with tls=none', async () => {
  expect(await add('plain', plain, 'tls=none', 'from=me@example.com')).toMatchObject({ code: 0, stderr: '' });
  expect((await machine.run(['notify', 'test', 'plain'])).code).toBe(0);
  expect(plain.taken[0]).toMatchObject({ isEncrypted: false, user: undefined });
  expect(plain.violations).toEqual([]);
});

test('one mail says what happened, and first of all what to do', async () => {
  await deliver(starttls);
  const [mail] = starttls.taken;
  const headers = headersOf(mail?.text ?? '');
  expect(headers.get('subject')).toEqual([message.title]);
  expect(headers.get('from')).toEqual(['"notion-kloset" <backup@example.com>']);
  expect(headers.get('to')).toEqual(['me@example.com']);
  expect(headers.get('auto-submitted')).toEqual(['auto-generated']);
  expect(new Date(headers.get('date')?.[0] ?? '').toISOString()).toBe(message.time);
  expect(headers.get('message-id')?.[0]).toMatch(/^<[^\s<>]+@example\.com>$/);
  expect(bodyOf(mail?.text ?? '').split('\r\n')).toEqual([
    message.title,
    '',
    'To do: look into Notion',
    '',
    '- backup: 3 of 10 objects are missing',
    '',
    'Machine: laptop',
    'Store: /var/backups',
    `Snapshot: ${'a'.repeat(64)}`,
    'Time: 2026-11-29T03:00:00.000Z',
    'Exit code: 3',
  ]);
});

test('no title adds a header, a recipient, a line or the end of the message', async () => {
  const evil = [
    'Acme\r\nBcc: victim@example.net',
    'Acme\nTo: victim@example.net\n\nbody',
    'Acme\r\n.\r\nMAIL FROM:<evil@example.net>\r\n',
    'Acme\u2028Bcc: victim@example.net\u0085X: y\0',
    `${'x'.repeat(5000)}\r\nBcc: victim@example.net`,
    'Überraschung 🎉\r\n Bcc: victim@example.net',
    '=?utf-8?q?x=0D=0ABcc:_victim=40example.net?=',
    'a@example.com, <victim@example.net>',
  ];
  for (const title of evil) {
    starttls.reset();
    await deliver(starttls, { title, lines: ['.', '..', `- ${title}`], todo: title, store: title });
    expect(starttls.violations).toEqual([]);
    expect(starttls.taken).toHaveLength(1);
    const [mail] = starttls.taken;
    expect({ title, to: mail?.to, from: mail?.from }).toEqual({
      title,
      to: ['me@example.com'],
      from: 'backup@example.com',
    });
    const headers = headersOf(mail?.text ?? '');
    expect([...headers.keys()].sort()).toEqual([
      'auto-submitted',
      'content-transfer-encoding',
      'content-type',
      'date',
      'from',
      'message-id',
      'mime-version',
      'subject',
      'to',
    ]);
    for (const values of headers.values()) expect(values).toHaveLength(1);
    // One line for each thing said, however it is spelled.
    expect(bodyOf(mail?.text ?? '').split('\r\n')).toHaveLength(13);
    expect(bodyOf(mail?.text ?? '').split('\r\n')).toContain('- .');
  }
  expect(mailOf({ ...message, title: 'x'.repeat(5000) }).subject.length).toBeLessThanOrEqual(200);
});

test('a server without STARTTLS gets neither the message nor the password', async () => {
  const open = { ...account(plain), isEncrypted: true, login };
  await expect(deliver(plain, {}, open)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('encrypted'),
  });
  expect(plain.taken).toEqual([]);
  expect(plain.commands.filter((line) => /^(?:AUTH|MAIL)/.test(line))).toEqual([]);
});

test('a certificate that nobody vouches for is refused before the password', async () => {
  for (const server of [starttls, implicit]) {
    const { authority: _, ...stranger } = account(server);
    await expect(deliver(server, {}, stranger)).rejects.toMatchObject({ code: 'unavailable' });
    expect(server.taken).toEqual([]);
    expect(server.commands).not.toContain('AUTH');
  }
});

test('a wrong password ends with 77, told without it and not tried again', async () => {
  writeFileSync(machine.path('wrong'), 'canary0wrong0password\n');
  await add('wrong', starttls, `user=${login.user}`, `password_file=${machine.path('wrong')}`);
  const { code, stdout, stderr } = await machine.run(['notify', 'test', 'wrong']);
  expect(code).toBe(77);
  expect(stderr).toContain('refused its user or password (535)');
  expect(stdout + stderr).not.toContain('canary');
  expect(starttls.commands.filter((line) => line === 'AUTH')).toHaveLength(1);
});

test('a refusal is told with the words of the server, a "later" is tried once more', async () => {
  starttls.answers.set('MAIL', '550 5.7.1 no such sender\u001b[31m');
  await expect(deliver(starttls)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/"550 5\.7\.1 no such sender \[31m"/),
  });
  expect(starttls.commands.filter((line) => line.startsWith('MAIL'))).toHaveLength(1);
  starttls.reset();
  starttls.once.set('MAIL', ['451 4.7.1 greylisted']);
  await deliver(starttls);
  expect(starttls.taken).toHaveLength(1);
});

test('one address that is refused among several is told', async () => {
  starttls.once.set('RCPT', ['550 5.1.1 unknown']);
  const two = { ...account(starttls), to: ['gone@example.com', 'me@example.com'] };
  await expect(deliver(starttls, {}, two)).rejects.toMatchObject({
    message: expect.stringContaining('refused 1 of 2 addresses'),
  });
  expect(starttls.taken).toMatchObject([{ to: ['me@example.com'] }]);
});

// Each waits for its time with a server of its own: side by side.
test.concurrent.for(['GREETING', 'EHLO', 'STARTTLS', 'MAIL', 'DATA', 'END'])(
  'a server that is silent at %s is given up in time, and the message is not sent twice',
  async (word, { onTestFinished }) => {
    const silent = new SmtpServer({ certificate, tls: 'starttls', login });
    ports.set(silent, await silent.open());
    onTestFinished(() => silent.close());
    silent.answers.set(word, '');
    await expect(deliver(silent)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('in time'),
    });
    const sent = ['DATA', 'END'].includes(word) ? ['DATA'] : [];
    expect(silent.commands.filter((line) => line === 'DATA')).toEqual(sent);
  },
);

test('a connection that breaks after the message is not tried again', async () => {
  starttls.answers.set('END', hangUp);
  await expect(deliver(starttls)).rejects.toMatchObject({ code: 'unavailable' });
  expect(starttls.commands.filter((line) => line === 'DATA')).toHaveLength(1);
});

test('a server that is not there ends with 69', async () => {
  const gone = new SmtpServer({ certificate, tls: 'none' });
  ports.set(gone, await gone.open());
  await gone.close();
  await add('gone', gone, 'tls=none', 'from=me@example.com');
  const { code, stderr } = await machine.run(['notify', 'test', 'gone']);
  expect(code).toBe(69);
  expect(stderr).toContain('ECONNREFUSED');
});

test('what a mail needs is checked when it is added, and when it is changed', async () => {
  const base = ['notify', 'add', 'x', 'type=mail'];
  const server = 'server=smtps://mail.example.com';
  const refused: readonly (readonly [readonly string[], string])[] = [
    [[], 'server='],
    [[server], 'to='],
    [[server, 'to=me@example.com'], 'from='],
    [['server=mail.example.com', 'to=me@example.com', 'from=a@b.c'], 'smtps://'],
    [['server=smtp://a:b@mail.example.com', 'to=me@example.com', 'from=a@b.c'], 'password=-'],
    [['server=smtp://mail.example.com/x', 'to=me@example.com', 'from=a@b.c'], 'nothing may follow'],
    [[server, 'to=Me <me@example.com>', 'from=a@b.c'], 'bare address'],
    [[server, 'to=me@example.com\nBcc: x@example.net', 'from=a@b.c'], 'bare address'],
    [[server, 'to=me@example.com', 'from=a@b.c>'], 'bare address'],
    [[server, 'to=me@example.com', 'from=a@b.c', 'user=me'], 'password=-'],
    [[server, 'to=me@example.com', 'from=a@b.c', 'tls=none'], 'contradicts'],
    [
      ['server=smtp://mail.example.com', 'to=me@x.y', 'from=a@b.c', 'user=u', 'password_env=P', 'tls=none'],
      'everybody',
    ],
    [[server, 'to=me@example.com', 'from=a@b.c', 'tls=perhaps'], 'tls'],
  ];
  for (const [options, part] of refused) {
    const { code, stderr } = await machine.run([...base, ...options]);
    expect({ options, code }).toEqual({ options, code: 64 });
    expect(stderr).toContain(part);
  }
  await machine.run([...base, server, 'to=me@example.com', 'from=a@b.c']);
  expect((await machine.run(['notify', 'set', 'x', 'tls=none'])).code).toBe(64);
  expect((await machine.run(['notify', 'set', 'x', 'to=you@example.com'])).code).toBe(0);
});
