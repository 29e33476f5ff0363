/** Configured notifications: from their options to messages on their way. */
import { messageOf } from '../../../errors.ts';
import type { RunMessage } from '../../../operations/notify/message.ts';
import type { Notifier, SendOptions } from '../../../operations/notify/send.ts';
import { isTold, send, sendStart } from '../../../operations/notify/send.ts';
import type { App } from '../../app/app.ts';
import { configFolder } from '../../app/folders.ts';
import { mailAccountOf } from '../mail-options.ts';
import { throughProxy } from '../network/through-proxy.ts';
import { checkNotifier, notifierTypeOf, statesOf } from '../notifier-options.ts';
import { secretOption } from '../secrets/secret-option.ts';
import { ConnectorFile } from '../settings/connectors.ts';
import { runShell } from './shell.ts';

/** The notification configured as `name`. @throws KlosetError `not-found`, `usage` */
export function notifierOf(app: App, name: string): Notifier {
  const plain = name.replace(/^@/, '');
  const options = new ConnectorFile(configFolder(app.io), 'notify').get(plain);
  checkNotifier(options);
  const type = notifierTypeOf(options);
  const told = { name: plain, on: new Set(statesOf(options.on)) };
  if (type === 'mail') return { ...told, type, account: () => mailAccountOf(app, options) };
  // A command that stands there from before is not that of another type.
  const target = async () =>
    (type === 'command' ? options.command : await secretOption(app, options, 'url', 'address')) ?? '';
  return { ...told, type, target };
}

/** Sends the message to one of them. @throws KlosetError `unavailable`, `temporary` */
export async function notify(app: App, notifier: Notifier, message: RunMessage, log = ''): Promise<void> {
  await throughProxy(app);
  await send(notifier, message, { ...sendOptions(app, notifier), log });
}

/** Tells each of them that a run begins. One that cannot be reached is a warning. */
export async function notifyStart(app: App, notifiers: readonly Notifier[]): Promise<void> {
  await throughProxy(app);
  for (const notifier of notifiers)
    await sendStart(notifier, sendOptions(app, notifier)).catch((error: unknown) => tell(app, error));
}

/** Tells each of them of the end of a run. Returns the names of those that were not reached, each told as a warning. */
export async function notifyAll(
  app: App,
  notifiers: readonly Notifier[],
  message: RunMessage,
  log: string,
): Promise<string[]> {
  const missed: string[] = [];
  for (const notifier of notifiers.filter((each) => isTold(each, message.state))) {
    try {
      await notify(app, notifier, message, log);
    } catch (error) {
      missed.push(notifier.name);
      tell(app, error);
    }
  }
  return missed;
}

function tell(app: App, error: unknown): void {
  app.warn(`warning: ${messageOf(error)}`);
}

function sendOptions(app: App, { name }: Notifier): SendOptions {
  return {
    signal: app.io.signal,
    runShell: (command, run) => runShell(app, command, `The notification "${name}"`, run),
  };
}
