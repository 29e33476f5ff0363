#!/usr/bin/env node
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';

const entry = new URL('../dist/cli/main.js', import.meta.url);
if (!existsSync(entry)) {
  process.stderr.write(
    'notion-kloset: this checkout is not built yet. Run `npm install && npm run build`.\n',
  );
  process.exit(1);
}
// Node 22 keeps what it compiled; with earlier ones this is undefined.
nodeModule.enableCompileCache?.();
try {
  const { runProcess } = await import(entry.href);
  await runProcess();
} catch (error) {
  if (error?.code !== 'EMFILE' && error?.code !== 'ENFILE') throw error;
  // The program's own files could not be opened: it is not there yet to say so itself.
  process.stderr.write(
    'notion-kloset: Too many open files: this program cannot be loaded.\n  Allow more with `ulimit -n 1024` and run the same command again.\n',
  );
  process.exitCode = 75;
}
