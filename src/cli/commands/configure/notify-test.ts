/** `notify test`: sends a message that says it is a test. */
import { hostname } from 'node:os';
import type { Command } from 'commander';
import type { RunMessage } from '../../../operations/notify/message.ts';
import type { App } from '../../app/app.ts';
import { configFolder, defaultStore } from '../../app/folders.ts';
import { teach } from '../../help/teach.ts';
import { notifierOf, notify } from '../../session/night/notifiers.ts';
import { ConnectorFile } from '../../session/settings/connectors.ts';

/** Adds the command to its group. */
export function registerNotifyTest(group: Command, app: App): void {
  const command = group
    .command('test [name]')
    .description('send a message that says it is a test, to one notification or to all')
    .action((name: string | undefined) => run(app, name));
  teach(command, {
    examples: ['notify test', 'notify test ops'],
    errors: ['not-found', 'unavailable', 'temporary', 'credentials'],
  });
}

async function run(app: App, word: string | undefined): Promise<void> {
  const names =
    word === undefined ? [...new ConnectorFile(configFolder(app.io), 'notify').read().keys()] : [word];
  const sent: string[] = [];
  for (const name of names) {
    const notifier = notifierOf(app, name);
    await notify(app, notifier, testMessage(app), 'This would be the end of the log.');
    sent.push(notifier.name);
  }
  app.result(
    { sent },
    sent.map((name) => `sent a test message to ${name}`),
  );
  if (names.length === 0)
    app.warn('No notification is configured. Add one: `notion-kloset notify add ops type=slack url=-`.');
}

function testMessage(app: App): RunMessage {
  return {
    state: 'success',
    title: `A test of notion-kloset on ${hostname()}`,
    lines: ['Messages about backups arrive here.'],
    todo: 'nothing: this is a test',
    time: new Date(app.io.clock.now()).toISOString(),
    host: hostname(),
    store: app.store ?? defaultStore(app.io),
    exitCode: 0,
  };
}
