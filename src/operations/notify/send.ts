/** Sends a message to where somebody wants it. Addresses of webhooks are secrets: no error quotes one. */
import type { JsonObject } from '../../document/json.ts';
import { KlosetError, messageOf } from '../../errors.ts';
import type { MailAccount } from './mail-account.ts';
import type { RunMessage, RunState } from './message.ts';
import { messageText } from './message.ts';
import { discordPayload, plainPayload, slackPayload, teamsPayload } from './payloads.ts';

export const notifierTypes = [
  'webhook',
  'slack',
  'discord',
  'teams',
  'healthcheck',
  'mail',
  'command',
] as const;
export type NotifierType = (typeof notifierTypes)[number];

interface AnyNotifier {
  readonly name: string;
  /** The states that are told. A healthcheck is told of all. */
  readonly on: ReadonlySet<RunState>;
}

/** A place that messages are posted to, or a command that is given them. */
export interface TargetNotifier extends AnyNotifier {
  readonly type: Exclude<NotifierType, 'mail'>;
  /** The address; for `command` the command. Called when it is needed. */
  target(): Promise<string>;
}

export interface MailNotifier extends AnyNotifier {
  readonly type: 'mail';
  /** Called when it is needed. */
  account(): Promise<MailAccount>;
}

/** A place that messages go to. */
export type Notifier = TargetNotifier | MailNotifier;

/** Runs a command with `input` on its standard input. @throws KlosetError when it fails */
export type RunShell = (
  command: string,
  options: { readonly input: string; readonly env: { readonly [name: string]: string } },
) => Promise<void>;

export interface SendOptions {
  readonly runShell: RunShell;
  readonly signal: AbortSignal;
  /** The end of the log, for a healthcheck. */
  readonly log?: string;
  /** Waiting for an answer; 20 s by default. */
  readonly timeoutMs?: number;
}

/** One attempt, and one more when the first finds nobody. */
const attempts = 2;
const defaultTimeoutMs = 20_000;

const payloads: { readonly [type in NotifierType]?: (message: RunMessage) => JsonObject } = {
  webhook: plainPayload,
  slack: slackPayload,
  discord: discordPayload,
  teams: teamsPayload,
};

/** True when the notifier is told of this state. */
export function isTold({ type, on }: Notifier, state: RunState): boolean {
  return type === 'healthcheck' || on.has(state);
}

/** Tells that a run begins; of interest to healthchecks alone. */
export async function sendStart(notifier: Notifier, options: SendOptions): Promise<void> {
  if (notifier.type === 'healthcheck') await post(notifier, '/start', '', 'text/plain', options);
}

/** @throws KlosetError `unavailable` when the message could not be delivered, `credentials` when a mail server refuses them */
export async function send(notifier: Notifier, message: RunMessage, options: SendOptions): Promise<void> {
  if (notifier.type === 'mail') {
    const { sendMail } = await import('./mail.ts');
    const { signal, timeoutMs = defaultTimeoutMs } = options;
    await sendMail(notifier.name, message, await notifier.account(), { signal, timeoutMs, attempts });
  } else await sendToTarget(notifier, message, options);
}

async function sendToTarget(
  notifier: TargetNotifier,
  message: RunMessage,
  options: SendOptions,
): Promise<void> {
  const { type } = notifier;
  if (type === 'command') {
    await options.runShell(await notifier.target(), {
      input: `${messageText(message)}\n`,
      env: variablesOf(message),
    });
  } else if (type === 'healthcheck') {
    // A backup that left something out was taken all the same; the other states have to wake people.
    const way = message.state === 'success' || message.state === 'incomplete' ? '' : '/fail';
    await post(
      notifier,
      way,
      [messageText(message), options.log ?? ''].join('\n\n').trim(),
      'text/plain',
      options,
    );
  } else {
    const payload = payloads[type]?.(message) ?? plainPayload(message);
    await post(notifier, '', JSON.stringify(payload), 'application/json', options);
  }
}

/** The message as variables of a command. */
export function variablesOf({ state, title, snapshot = '', store, exitCode }: RunMessage): {
  readonly [name: string]: string;
} {
  return {
    NOTION_KLOSET_EVENT: state,
    NOTION_KLOSET_TITLE: title,
    NOTION_KLOSET_SNAPSHOT: snapshot,
    NOTION_KLOSET_LOCATION: store,
    NOTION_KLOSET_EXIT_CODE: String(exitCode),
  };
}

async function post(
  notifier: TargetNotifier,
  way: string,
  body: string,
  contentType: string,
  { signal, timeoutMs = defaultTimeoutMs }: SendOptions,
): Promise<void> {
  const url = withWay(await notifier.target(), way, notifier.name);
  let problem = '';
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': contentType, 'user-agent': 'notion-kloset' },
        body,
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      // Nobody reads what it says, however much it is.
      await answer.body?.cancel();
      if (answer.ok) return;
      problem = `it answered ${answer.status}`;
      if (answer.status < 500) break;
    } catch (error) {
      signal.throwIfAborted();
      problem = reasonOf(error);
    }
  }
  throw new KlosetError('unavailable', `The notification "${notifier.name}" was not delivered: ${problem}.`, {
    hint: `Check its address: \`notion-kloset notify test ${notifier.name}\` tries it.`,
  });
}

/** The address of the notification `name`, which holds a secret. @throws KlosetError `usage` */
export function targetUrl(address: string, name: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw new KlosetError(
    'usage',
    `The address of the notification "${name}" is not an http or https address.`,
  );
}

/** The address with a part behind its path. @throws KlosetError `usage` */
function withWay(address: string, way: string, name: string): URL {
  const url = targetUrl(address, name);
  if (way !== '') url.pathname = `${url.pathname.replace(/\/$/, '')}${way}`;
  return url;
}

/** The reason alone: the error of fetch may quote the address. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code !== '') return code;
  return error instanceof Error && error.name === 'TimeoutError'
    ? 'it did not answer in time'
    : kindOf(messageOf(cause));
}

function kindOf(message: string): string {
  return message.includes('://') ? 'it cannot be reached' : message;
}
