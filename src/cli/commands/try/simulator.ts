/** `simulator`: serves the sample workspace, so that every command can be tried without a Notion account. */
import type { Command } from 'commander';
import type { Json } from '../../../document/json.ts';
import { stringAt } from '../../../document/json.ts';
import { sampleWorkspace } from '../../../simulator/sample/sample-workspace.ts';
import { startSimulator } from '../../../simulator/server.ts';
import type { State } from '../../../simulator/workspace/records.ts';
import type { App } from '../../app/app.ts';
import { interrupted } from '../../app/interrupted.ts';
import { teach } from '../../help/teach.ts';
import { listenError, parsePort } from '../../text/port.ts';

interface SimulatorFlags {
  readonly port: string;
  readonly small?: boolean;
}

/** Adds the command. */
export function registerSimulator(program: Command, app: App): void {
  const command = program
    .command('simulator')
    .description('run a local Notion API simulator with sample data until interrupted')
    .option('--port <n>', 'listen on this port of 127.0.0.1; 0: any free port', '0')
    .option('--small', 'serve ten pages instead of one of everything')
    .action((flags: SimulatorFlags) => run(app, flags));
  teach(command, { examples: ['simulator', 'simulator --port 8080 --small'], errors: [] });
}

async function run(app: App, { port, small = false }: SimulatorFlags): Promise<void> {
  const at = parsePort(port, '--port');
  const state = sampleWorkspace({ small });
  const simulator = await startSimulator({ state, clock: 'real', port: at }).catch((error) => {
    throw listenError(error, at, '--port');
  });
  app.result({ url: simulator.url, token: simulator.token, pages: topPages(state) }, [
    `export NOTION_API_URL=${simulator.url}`,
    `export NOTION_TOKEN=${simulator.token}`,
    '# Pages at the top, to be used as ids in commands:',
    ...topPages(state).map(({ id, title }) => `#   ${id}  ${title}`),
  ]);
  await interrupted(app.io);
  await simulator.close();
}

/** The pages shared directly, each with its title. */
function topPages({ shared, pages }: State): { id: string; title: string }[] {
  return [...shared].flatMap((id) => {
    const page = pages.get(id);
    return page === undefined || page.inTrash ? [] : [{ id, title: titleIn(page.values.title) }];
  });
}

function titleIn(richText: Json | undefined): string {
  if (!Array.isArray(richText)) return '';
  return richText.map((part) => stringAt(part, 'plain_text') ?? '').join('');
}
