/** The memory of a real `ui` process while every page of a large workspace is opened, one after the other. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { encodeKeyFile } from '../../src/store/access/key-file.ts';
// @ts-expect-error: a program of the benchmarks, without types.
import { runStep } from '../bench/step.js';

const program = fileURLToPath(new URL('../../bin/notion-kloset.js', import.meta.url));
/** KLOSET_PAGES chooses another size; 10,000 take about ten minutes. */
const pages = Number(process.env.KLOSET_PAGES ?? 10_000);
const maxMegabytes = 300;

test.runIf(process.platform === 'linux')(
  `${pages} pages opened one after the other keep the process below 300 MB`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kloset-web-'));
    try {
      await runStep('history-fill', { folder, pages, isLater: false });
      writeFileSync(join(folder, 'key'), encodeKeyFile(Buffer.alloc(32, 7)), { mode: 0o600 });
      const { opened, peakMegabytes } = await openAll(folder);
      expect(opened).toBeGreaterThanOrEqual(pages);
      expect(peakMegabytes).toBeLessThan(maxMegabytes);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  3_600_000,
);

/** Follows every link to a page, to more of the tree and to more rows. */
async function openAll(folder: string): Promise<{ opened: number; peakMegabytes: number }> {
  const words = ['--keyfile', join(folder, 'key'), 'at', join(folder, 'store'), 'ui', '--no-open', '--json'];
  const env = { PATH: process.env.PATH ?? '', HOME: folder };
  const ui = spawn(process.execPath, [program, ...words], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const browser = await browserOf(ui);
    const found = new Set(['/s/latest/']);
    let opened = 0;
    for (const path of found) {
      const { status, text, headers } = await browser(path);
      if (headers.location !== undefined) found.add(headers.location);
      else expect([path, status]).toEqual([path, 200]);
      if (/\/o\/[0-9a-f]{32}\/$/.test(path)) opened += 1;
      for (const [, link = ''] of text.matchAll(links)) found.add(link.replaceAll('&#x26;', '&'));
    }
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${ui.pid}/status`, 'utf8'))?.[1];
    return { opened, peakMegabytes: (Number(peak) * 1024) / 1e6 };
  } finally {
    ui.kill('SIGINT');
  }
}

const links = /href="(\/s\/[0-9a-f]+\/(?:o\/[0-9a-f]{32}\/(?:\?from=\d+)?|tree\?[^"]*))"/g;

interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Asks with the cookie that the printed address gives. */
async function browserOf(ui: ChildProcess): Promise<(path: string) => Promise<Got>> {
  const line = await new Promise<string>((resolve) =>
    ui.stdout?.once('data', (part) => resolve(String(part))),
  );
  const url = new URL((JSON.parse(line) as { url: string }).url);
  const agent = new Agent({ keepAlive: true });
  const ask = (path: string, headers: { readonly [name: string]: string }): Promise<Got> =>
    new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port: url.port, path, headers, agent }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          const text = Buffer.concat(parts).toString('utf8');
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        });
      });
      asked.on('error', reject).end();
    });
  const first = await ask(`${url.pathname}${url.search}`, {});
  const Cookie = (first.headers['set-cookie'] ?? []).map((each) => each.split(';')[0]).join('; ');
  return (path) => ask(path, { Cookie });
}
