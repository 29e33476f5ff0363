/** `simulator`: serves the sample workspace, so that every command can be tried without a Notion account. */
import type { Command } from 'commander';
import { sampleWorkspace } from '../../../simulator/sample/sample-workspace.ts';
import { startSimulator } from '../../../simulator/server.ts';
import type { App } from '../../app/app.ts';
import { teach } from '../../help/teach.ts';
import { parseCount } from '../../text/parse.ts';

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
  const simulator = await startSimulator({
    state: sampleWorkspace({ small }),
    clock: 'real',
    port: parseCount(port, '--port'),
  });
  app.result({ url: simulator.url, token: simulator.token }, [
    `export NOTION_API_URL=${simulator.url}`,
    `export NOTION_TOKEN=${simulator.token}`,
  ]);
  await new Promise<void>((resolve) =>
    app.io.signal.addEventListener('abort', () => resolve(), { once: true }),
  );
  await simulator.close();
}
