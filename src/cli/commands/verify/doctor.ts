/** `doctor`: looks at everything that backups and restores depend on, and says the way out of what is wrong. */
import type { Command } from 'commander';
import { diagnoseMachine } from '../../../operations/doctor/diagnose-machine.ts';
import { diagnoseNotion } from '../../../operations/doctor/diagnose-notion.ts';
import { diagnoseStore } from '../../../operations/doctor/diagnose-store.ts';
import type { Finding } from '../../../operations/doctor/finding.ts';
import { findingsOf } from '../../../operations/doctor/finding.ts';
import type { App } from '../../app/app.ts';
import { configFolder } from '../../app/folders.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import { jobOf } from '../../session/job.ts';
import { printFindings } from '../../session/night/print-findings.ts';
import { connectorOf, withNotion } from '../../session/notion-session.ts';
import { ConnectorFile } from '../../session/settings/connectors.ts';
import { storeAt } from '../../session/store-session.ts';

/** Adds the command. */
export function registerDoctor(program: Command, app: App): void {
  const command = program
    .command('doctor [source]')
    .description('examine the token, the store and this machine, and say the way out of what is wrong')
    .action((word: string | undefined) => run(app, word));
  teach(command, { examples: ['doctor', 'at "@disk" doctor "@mynotion" --json'], errors: storeErrors });
}

async function run(app: App, word: string | undefined): Promise<void> {
  const job = jobOf(app);
  const named = word === undefined ? sourcesOf(app) : [word];
  const findings = [...(await diagnoseMachine(job))];
  for (const name of named) findings.push(...(await sourceFindings(app, name, named.length > 1)));
  if (named.length === 0) findings.push(...noTokenFindings());
  findings.push(...(await findingsOf('store', async () => diagnoseStore(job, await storeAt(app)))));
  printFindings(app, findings);
}

/** The configured sources, after that of the environment; `notion://` stands for it. */
function sourcesOf(app: App): string[] {
  const { NOTION_TOKEN, NOTION_API_TOKEN } = app.io.env;
  const names = [...new ConnectorFile(configFolder(app.io), 'source').read().keys()].sort();
  return [...(NOTION_TOKEN || NOTION_API_TOKEN ? ['notion://'] : []), ...names.map((name) => `@${name}`)];
}

async function sourceFindings(app: App, name: string, isOneOfMany: boolean): Promise<Finding[]> {
  const connector = connectorOf(app, 'source', name);
  const found = await findingsOf('token', async () =>
    withNotion(app, connector, (api) => diagnoseNotion(jobOf(app), api)),
  );
  const label = name === 'notion://' ? 'NOTION_TOKEN' : name;
  return isOneOfMany ? found.map((each) => ({ ...each, topic: `${label} ${each.topic}` })) : found;
}

/** Five lines that lead to a token. */
function noTokenFindings(): Finding[] {
  const text = [
    'no Notion token is set. To get one:',
    '    1. Open https://www.notion.so/profile/integrations and choose "New integration", type Internal.',
    '    2. Under Capabilities turn on: read content; for restores update and insert content; for comments both of theirs.',
    '    3. Under Access choose the top pages to back up; what lies below them is included.',
    '    4. Copy the "Internal Integration Secret"; it begins with ntn_.',
    '    5. Run `notion-kloset source add mynotion location=notion:// token=-` and paste it.',
  ];
  return [{ topic: 'token', state: 'failed', text: text.join('\n'), code: 'credentials' }];
}
