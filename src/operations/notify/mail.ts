/** Mails a message about a run. The only importer of nodemailer, which is optional and loaded when a message is mailed. */
import { rootCertificates } from 'node:tls';
import type { SMTPTransportOptions } from 'nodemailer';
import { printable } from '../../document/names.ts';
import { KlosetError } from '../../errors.ts';
import type { MailAccount } from './mail-account.ts';
import type { RunMessage } from './message.ts';

export interface SendMailOptions {
  readonly signal: AbortSignal;
  /** Waiting for the server at each step. */
  readonly timeoutMs: number;
  /** Attempts, when it cannot be reached or says that it would take the message later. */
  readonly attempts: number;
}

export const mailPackage = 'nodemailer';
const maxSubjectLetters = 200;
const maxToldLetters = 200;
/** A server that answers each step just in time is given up after so many steps. */
const maxSteps = 4;

/** A message on its way; subject and lines are free of control characters, whatever a title holds. */
export interface Mail {
  readonly subject: string;
  readonly text: string;
}

/** The message as a mail: what to do comes first. */
export function mailOf({ title, lines, todo, time, host, store, snapshot, exitCode }: RunMessage): Mail {
  const facts = [
    ['Machine', host],
    ['Store', store],
    ...(snapshot === undefined ? [] : [['Snapshot', snapshot]]),
    ['Time', time],
    ['Exit code', String(exitCode)],
  ];
  return {
    subject: cut(oneLine(title), maxSubjectLetters),
    text: [
      oneLine(title),
      '',
      ...(todo === undefined ? [] : [`To do: ${oneLine(todo)}`, '']),
      ...lines.map((line) => `- ${oneLine(line)}`),
      '',
      ...facts.map(([name = '', value = '']) => `${name}: ${oneLine(value)}`),
      '',
    ].join('\n'),
  };
}

/**
 * Hands the message to the server of `account`. `name` is that of the notification.
 * @throws KlosetError `unavailable`, `credentials` when the server refuses them, `usage` without the package
 */
export async function sendMail(
  name: string,
  message: RunMessage,
  account: MailAccount,
  options: SendMailOptions,
): Promise<void> {
  const { createTransport } = await loadMailer();
  const transport = createTransport(transportOf(account, options.timeoutMs));
  for (let attempt = 1; ; attempt += 1) {
    try {
      const limit = AbortSignal.timeout(options.timeoutMs * maxSteps);
      const sent = await transport.sendMail({
        ...mailOf(message),
        from: { name: 'notion-kloset', address: account.from },
        to: account.to.map((address) => ({ name: '', address })),
        date: new Date(message.time),
        // RFC 3834: no machine is to answer it.
        headers: { 'Auto-Submitted': 'auto-generated' },
        xMailer: false,
        signal: AbortSignal.any([options.signal, limit]),
      });
      if (sent.rejected.length === 0) return;
      throw undelivered(name, `the server refused ${sent.rejected.length} of ${account.to.length} addresses`);
    } catch (error) {
      options.signal.throwIfAborted();
      if (error instanceof KlosetError) throw error;
      if (attempt >= options.attempts || !mayPass(error)) throw explained(name, error);
    }
  }
}

function transportOf(account: MailAccount, timeoutMs: number): SMTPTransportOptions {
  const { server, isEncrypted, authority, login } = account;
  return {
    host: server.host,
    port: server.port,
    secure: server.isImplicitTls,
    requireTLS: isEncrypted,
    ignoreTLS: !isEncrypted,
    tls: {
      minVersion: 'TLSv1.2',
      ...(authority === undefined ? {} : { ca: [...rootCertificates, authority] }),
    },
    ...(login === undefined ? {} : { auth: { user: login.user, pass: login.password }, forceAuth: true }),
    // A server at home is as good as any.
    allowInternalNetworkInterfaces: true,
    disableFileAccess: true,
    disableUrlAccess: true,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
  };
}

async function loadMailer(): Promise<typeof import('nodemailer')> {
  try {
    return await import('nodemailer');
  } catch (cause) {
    throw new KlosetError('usage', `Mail needs the package ${mailPackage}, which is not installed.`, {
      hint: `Install it beside this program: \`npm install -g notion-kloset ${mailPackage}\`, or use type=command with a mail program.`,
      cause,
    });
  }
}

/** An error of the mailer, as far as it is read here. */
interface MailerError {
  readonly code: string;
  /** The call of the system that failed. */
  readonly systemCall: string;
  readonly responseCode: number | undefined;
  readonly response: string;
}

function mailerError(error: unknown): MailerError {
  const of = (name: string): unknown =>
    typeof error === 'object' && error !== null ? Object.getOwnPropertyDescriptor(error, name)?.value : '';
  const status = of('responseCode');
  return {
    code: String(of('code') ?? ''),
    systemCall: String(of('syscall') ?? ''),
    responseCode: typeof status === 'number' ? status : undefined,
    response: String(of('response') ?? ''),
  };
}

/**
 * True when another attempt may do and cannot deliver twice: there was no connection, or the server said "later". Of a connection
 * that broke, the mailer does not tell whether the message had been sent.
 */
function mayPass(error: unknown): boolean {
  const { code, systemCall, responseCode } = mailerError(error);
  if (responseCode !== undefined) return responseCode >= 400 && responseCode < 500;
  return code === 'EDNS' || systemCall === 'connect';
}

function explained(name: string, error: unknown): KlosetError {
  const found = mailerError(error);
  if (found.code === 'EAUTH')
    return new KlosetError(
      'credentials',
      `The notification "${name}" was not delivered: the mail server refused its user or password (${found.responseCode ?? 'no answer'}).`,
      {
        hint: `Give the right ones: \`notion-kloset notify set ${name} user=NAME password=-\`.`,
        cause: error,
      },
    );
  return undelivered(name, problemOf(error, found), error);
}

/** The problem in words: the answer of the server, or what stood in the way of one. */
function problemOf(error: unknown, { code, responseCode, response }: MailerError): string {
  if (code !== 'ETLS' && responseCode !== undefined && response !== '')
    return `the mail server answered "${cut(oneLine(response), maxToldLetters)}"`;
  const reason = error instanceof Error ? cut(oneLine(error.message), maxToldLetters) : '';
  switch (code) {
    case 'ETIMEDOUT':
    case 'EABORT':
      return 'the mail server did not answer in time';
    case 'ETLS':
      return `no encrypted connection to the mail server: ${reason}`;
    default:
      return `the mail server cannot be reached: ${reason}`;
  }
}

function undelivered(name: string, problem: string, cause?: unknown): KlosetError {
  return new KlosetError('unavailable', `The notification "${name}" was not delivered: ${problem}.`, {
    hint: `Check its server and addresses: \`notion-kloset notify test ${name}\` tries them.`,
    cause,
  });
}

function oneLine(text: string): string {
  return printable(text).replaceAll(/\s+/g, ' ').trim();
}

function cut(text: string, maxLetters: number): string {
  return text.length <= maxLetters ? text : `${text.slice(0, maxLetters - 1)}…`;
}
