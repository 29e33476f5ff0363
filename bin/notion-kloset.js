#!/usr/bin/env node
// Nothing is imported before the version is known: an old Node must be able to read this file, and to say that it is old.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19) || major === 21)
  fail(
    `this program needs Node 20.19, or 22 and newer; this is Node ${process.versions.node}.`,
    'Install a newer one from https://nodejs.org, or with the package manager of your system, and run the same command again.',
    78,
  );
else start();

async function start() {
  const { existsSync } = await import('node:fs');
  const entry = new URL('../program/main.js', import.meta.url);
  if (!existsSync(entry)) {
    fail('this checkout is not built yet.', 'Run `npm install && npm run build`.', 1);
    return;
  }
  try {
    const { runProcess } = await import(entry.href);
    await runProcess();
  } catch (error) {
    // The program's own files could not be loaded: it is not there yet to say so itself.
    if (error?.code === 'EMFILE' || error?.code === 'ENFILE')
      fail(
        'Too many open files: this program cannot be loaded.',
        'Allow more with `ulimit -n 1024` and run the same command again.',
        75,
      );
    else if (error?.code === 'ERR_MODULE_NOT_FOUND')
      fail(
        `this program is not installed in full: ${String(error.message).split('\n')[0]}.`,
        'Install it again: `npm install -g notion-kloset`.',
        78,
      );
    else throw error;
  }
}

function fail(message, way, code) {
  process.stderr.write(`notion-kloset: ${message}\n  ${way}\n`);
  process.exitCode = code;
}
