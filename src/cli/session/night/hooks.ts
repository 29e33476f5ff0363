/** Commands that run around the work: before it, after it, when it failed, when it ended with an alarm. */

import { messageOf } from '../../../errors.ts';
import type { RunMessage } from '../../../operations/notify/message.ts';
import { messageText } from '../../../operations/notify/message.ts';
import { variablesOf } from '../../../operations/notify/send.ts';
import type { App } from '../../app/app.ts';
import type { Hooks } from '../night-policy.ts';
import { runShell } from './shell.ts';

/** @throws KlosetError `temporary` when the command fails: the work must then not begin */
export async function runBefore(app: App, { before }: Hooks): Promise<void> {
  if (before !== undefined) await runShell(app, before, 'The command before the work');
}

/** The commands that the end of the work calls for. One that fails is told and changes nothing. */
export async function runAfter(app: App, hooks: Hooks, message: RunMessage): Promise<void> {
  const { state } = message;
  const commands: readonly (readonly [string, string | undefined])[] = [
    ['The command after the work', hooks.after],
    ['The command for failures', state === 'failure' ? hooks.onFailure : undefined],
    ['The command for alarms', state === 'alarm' ? hooks.onAlarm : undefined],
  ];
  const run = { input: `${messageText(message)}\n`, env: variablesOf(message) };
  for (const [what, command] of commands) {
    if (command === undefined) continue;
    await runShell(app, command, what, run).catch((error: unknown) =>
      app.warn(`warning: ${messageOf(error)}`),
    );
  }
}
