/** A real Chromium for tests of the web view, driven by playwright. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { test } from 'vitest';
import { chromiumPath } from '../operations/restore/chromium.ts';
import type { Served } from './served.ts';

export { chromiumPath };

/** `test`, or a test that is left out where there is no browser; that is said aloud. */
export const whenBrowser = chromiumPath === undefined ? test.skip : test;
if (chromiumPath === undefined)
  process.stderr.write('left out: the web view in a browser, because Chromium is not here\n');

/** One browser for a file of tests. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath ?? '',
    args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb'],
  });
}

export interface Opened {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Violations of the policy, errors of scripts, requests to other addresses. */
  readonly faults: string[];
}

/** A fresh profile that came in with the token. */
export async function enter(
  browser: Browser,
  served: Served,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('request', (request) => {
    if (/^https?:/.test(request.url()) && new URL(request.url()).host !== served.url.host)
      faults.push(`asked ${request.url()}`);
  });
  await page.goto(served.url.href);
  return { page, context, faults };
}
