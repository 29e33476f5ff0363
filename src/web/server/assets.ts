/** Our own style and script, served as they lie in `web/assets`, and the style that exported pages have too. */
import { readFileSync } from 'node:fs';
import { style } from '../../document/render/html-style.ts';
import { codeFile } from '../../own-files.ts';
import type { Reply } from '../reply.ts';

const types: { readonly [extension: string]: string } = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** The names that are served; no other file of the folder is. */
const names = ['app.css', 'document.css', 'views.css', 'time.css', 'app.js', 'icon.svg'];

/** Reads every asset once. */
export function readAssets(): ReadonlyMap<string, Reply> {
  const files = names.map((name): [string, string] => [
    name,
    readFileSync(codeFile(`web/assets/${name}`), 'utf8'),
  ]);
  return new Map(
    [['page.css', style] as const, ...files].map(([name, body]) => [name, assetReply(name, body)]),
  );
}

function assetReply(name: string, body: string): Reply {
  return {
    status: 200,
    headers: {
      'Content-Type': types[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream',
      'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
      'Cache-Control': 'no-cache',
    },
    body,
  };
}
