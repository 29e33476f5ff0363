/** `simulator`: serves the sample workspace, so that everything can be tried without a Notion account. */
import type { Command } from 'commander';
import { sampleWorkspace } from '../../../simulator/sample/sample-workspace.ts';
import { startSimulator } from '../../../simulator/server.ts';
import type { App } from '../../app/app.ts';
import { parseCount } from '../../text/parse.ts';

/** Adds the command. */
export function registerSimulator(program: Command, app: App): void {
  program
    .command('simulator')
    .description('serve a sample workspace on this machine until interrupted, to try things on')
    .option('--port <n>', 'port of 127.0.0.1; any free one by default', '0')
    .option('--small', 'ten pages instead of one of everything')
    .action(async (flags: { readonly port: string; readonly small?: boolean }) => {
      const simulator = await startSimulator({
        state: sampleWorkspace({ small: flags.small === true }),
        clock: 'real',
        port: parseCount(flags.port, '--port'),
      });
      app.result({ url: simulator.url, token: simulator.token }, [
        `export NOTION_API_URL=${simulator.url}`,
        `export NOTION_TOKEN=${simulator.token}`,
      ]);
      await new Promise<void>((resolve) =>
        app.io.signal.addEventListener('abort', () => resolve(), { once: true }),
      );
      await simulator.close();
    });
}
