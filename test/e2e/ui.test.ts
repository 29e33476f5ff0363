/** The web view of the installed program, as a process: its files are in the package, Ctrl-C ends it. */
import { expect, test } from 'vitest';
import { sampleWorkspace } from '../../src/simulator/sample/sample-workspace.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { withMachine } from './machine.ts';

test('`ui` serves pages, style and script from the package, and Ctrl-C ends it with 0', async () => {
  const simulator = await startSimulator({ state: sampleWorkspace({ small: true }), clock: 'real' });
  try {
    await withMachine(async (machine) => {
      machine.connect(simulator);
      expect(await machine.at(['create'])).toMatchObject({ code: 0 });
      expect(await machine.at(['backup'])).toMatchObject({ code: 0 });
      const running = machine.start(machine.atWords(['ui', '--no-open', '--json']));
      const line = await new Promise<string>((resolve, reject) => {
        running.process.stdout?.once('data', (bytes: Buffer) => resolve(bytes.toString('utf8')));
        running.finished.then(({ stderr }) => reject(new Error(stderr)));
      });
      const { url } = JSON.parse(line) as { url: string };
      expect(line).toContain('token=');
      const first = await fetch(url, { redirect: 'manual' });
      const headers = { Cookie: (first.headers.get('set-cookie') ?? '').split(';')[0] ?? '' };
      const { origin } = new URL(url);
      for (const [path, type] of [
        ['/', 'text/html'],
        ['/s/latest/', 'text/html'],
        ['/assets/page.css', 'text/css'],
        ['/assets/app.css', 'text/css'],
        ['/assets/app.js', 'text/javascript'],
        ['/assets/icon.svg', 'image/svg+xml'],
      ] as const) {
        const answer = await fetch(`${origin}${path}`, { headers });
        expect([path, answer.status, answer.headers.get('content-type')?.split(';')[0]]).toEqual([
          path,
          200,
          type,
        ]);
        expect((await answer.text()).length).toBeGreaterThan(100);
      }
      running.process.kill('SIGINT');
      expect(await running.finished).toMatchObject({ code: 0, stderr: '' });
    });
  } finally {
    await simulator.close();
  }
});
