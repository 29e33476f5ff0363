#!/usr/bin/env node
import { existsSync } from 'node:fs';

const entry = new URL('../dist/cli/main.js', import.meta.url);
if (!existsSync(entry)) {
  process.stderr.write(
    'notion-kloset: this checkout is not built yet. Run `npm install && npm run build`.\n',
  );
  process.exit(1);
}
const { runProcess } = await import(entry.href);
await runProcess();
