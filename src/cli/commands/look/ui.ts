/** `ui`: shows the store in a browser of this machine, until interrupted. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import { KlosetError, messageOf } from '../../../errors.ts';
import type { Store } from '../../../store/open-store.ts';
import type { Planner } from '../../../web/reading/plans.ts';
import { isLoopback } from '../../../web/server/gate.ts';
import type { ServeOptions } from '../../../web/server/serve.ts';
import { serve } from '../../../web/server/serve.ts';
import { siteRoutes } from '../../../web/server/site.ts';
import type { App } from '../../app/app.ts';
import { expandPath } from '../../app/folders.ts';
import { interrupted } from '../../app/interrupted.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import { jobOf } from '../../session/job.ts';
import { connectorOf, withNotion } from '../../session/notion-session.ts';
import { configuredPolicies } from '../../session/policies.ts';
import { childEnvironment } from '../../session/secret-sources.ts';
import { withReadableStore } from '../../session/store-session.ts';
import { parseCount, parseDuration } from '../../text/parse.ts';
import { plannerOf } from './planner.ts';

interface UiFlags {
  readonly port: string;
  readonly open: boolean;
  readonly listen?: string;
  readonly iKnow?: boolean;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly idle?: string;
  /** True without a name: the token of the environment. */
  readonly plan?: string | true;
}

/** Adds the command. */
export function registerUi(program: Command, app: App): void {
  const command = program
    .command('ui')
    .description(
      'show the store in a browser of this machine: every page at every moment; it changes nothing',
    )
    .option('--port <n>', 'listen on this port; 0: any free port', '0')
    .option('--no-open', 'print the address and open no browser')
    .option('--idle <duration>', 'end when no page was asked for in this time (30m)')
    .option(
      '--plan [destination]',
      'show what a restore would do: reads Notion with the token of this destination ("@NAME"), or of the environment',
    )
    .option('--listen <address>', 'listen on this address of the machine', '127.0.0.1')
    .option('--i-know', 'let other machines ask, with --listen, --tls-cert and --tls-key')
    .option('--tls-cert <file>', 'serve HTTPS with this certificate (PEM)')
    .option('--tls-key <file>', 'the key of the certificate (PEM)')
    .action((flags: UiFlags) => run(app, flags));
  teach(command, {
    examples: ['ui', 'at "@disk" ui --port 8420 --no-open --idle 30m'],
    errors: storeErrors,
  });
}

async function run(app: App, flags: UiFlags): Promise<void> {
  const tls = tlsOf(app, flags);
  const host = hostOf(flags, tls !== undefined);
  const port = portOf(flags.port);
  const idleMs = flags.idle === undefined ? undefined : parseDuration(flags.idle, '--idle', 1);
  await withReadableStore(app, async (store) => {
    // A store that cannot be read ends the command before a browser opens.
    await store.surveySnapshots();
    await withPlanner(app, flags.plan, (planner) =>
      show(app, store, { flags, server: { host, port, tls, idleMs }, planner }),
    );
  });
}

interface Shown {
  readonly flags: UiFlags;
  readonly server: Pick<ServeOptions, 'host' | 'port' | 'tls' | 'idleMs'>;
  readonly planner: Planner | undefined;
}

async function show(app: App, store: Store, { flags, server, planner }: Shown): Promise<void> {
  const job = jobOf(app);
  const { clock, monitor } = job;
  const routes = siteRoutes({ store, job, policies: configuredPolicies(app), planner });
  const serving = await serve({ routes, ...server, clock, monitor });
  const opened = flags.open && app.io.isInteractive ? openBrowser(app, serving.url) : undefined;
  app.result({ url: serving.url, port: serving.port }, [
    serving.url,
    'Ctrl-C ends it. The address holds a secret word: do not pass it on.',
  ]);
  try {
    await Promise.race([interrupted(app.io), serving.idle]);
  } finally {
    opened?.forget();
    await serving.close();
  }
}

/** Lends `use` what makes plans on the pages: nothing without `--plan`. Notion itself is asked when somebody wants one. */
async function withPlanner(
  app: App,
  plan: string | true | undefined,
  use: (planner: Planner | undefined) => Promise<void>,
): Promise<void> {
  if (plan === undefined) return await use(undefined);
  const connector = connectorOf(app, 'destination', plan === true ? undefined : plan);
  await withNotion(app, connector, (api) => use(plannerOf(jobOf(app), api)));
}

function portOf(text: string): number {
  const port = parseCount(text, '--port');
  if (port <= 65_535) return port;
  throw new KlosetError('usage', `--port takes a number up to 65535, not ${text}.`);
}

/** @throws KlosetError `usage` for an address that other machines reach, unless it was asked for by name and is encrypted */
function hostOf({ listen = '127.0.0.1', iKnow }: UiFlags, hasTls: boolean): string {
  if (isLoopback(listen) || (iKnow === true && hasTls)) return listen;
  throw new KlosetError('usage', `On ${listen} other machines could read the whole backup.`, {
    hint: 'Leave --listen out; or give --i-know, --tls-cert FILE and --tls-key FILE too.',
  });
}

function tlsOf(app: App, { tlsCert, tlsKey }: UiFlags) {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined)
    throw new KlosetError('usage', '--tls-cert and --tls-key are given together.');
  return { cert: fileOf(app, tlsCert), key: fileOf(app, tlsKey) };
}

function fileOf(app: App, path: string): Uint8Array {
  try {
    return readFileSync(expandPath(app.io, path));
  } catch (error) {
    throw new KlosetError('usage', `${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * Opens the browser on a small file that goes on to the address: the command line of a browser can be read by every user of the
 * machine, a file with the mode 0600 cannot.
 */
function openBrowser(app: App, url: string): { forget(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'notion-kloset-ui-'));
  const file = join(folder, 'open.html');
  const page = `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0;url=${url}"><title>notion-kloset</title>`;
  writeFileSync(file, page, { mode: 0o600 });
  const [program, ...words] = opener(pathToFileURL(file).href);
  const child = spawn(program ?? '', words, { stdio: 'ignore', detached: true, env: childEnvironment(app) });
  // The address is printed as well: without a browser nothing is lost.
  child.on('error', () => undefined);
  child.unref();
  return { forget: () => rmSync(folder, { recursive: true, force: true }) };
}

function opener(address: string): string[] {
  if (process.platform === 'darwin') return ['open', address];
  if (process.platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', address];
  return ['xdg-open', address];
}
