#!/usr/bin/env node
/** Writes what the package holds beside the built program: manual pages, and the list of its components (CycloneDX). */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

rmSync('dist/man', { recursive: true, force: true });
run(process.execPath, ['bin/notion-kloset.js', 'manual', '--all', 'dist/man']);
writeFileSync('dist/sbom.cdx.json', `${JSON.stringify(installedComponents(), null, 1)}\n`);

/**
 * The list without what only development needs. npm's own `--omit dev` also leaves out what both need (npm 11.19), so what
 * stays is what the lockfile does not call `dev`.
 */
function installedComponents() {
  const list = JSON.parse(run('npm', ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx']));
  const { name, packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const installed = new Set(
    Object.entries(packages)
      .filter(([path, { dev, devOptional }]) => path !== '' && dev !== true && devOptional !== true)
      .map(([path, { version }]) => `${path.replace(/^.*node_modules\//, '')}@${version}`),
  );
  const own = list.metadata.component['bom-ref'];
  const isKept = (ref) => ref === own || installed.has(ref.replace(/\|.*$/, ''));
  return {
    ...list,
    // npm names it after the folder.
    metadata: { ...list.metadata, component: { ...list.metadata.component, name } },
    components: list.components.filter((each) => isKept(each['bom-ref'])),
    dependencies: list.dependencies
      .filter(({ ref }) => isKept(ref))
      .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter(isKept) })),
  };
}

/** What the command prints. */
function run(command, args) {
  const { status, stdout } = spawnSync(command, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) process.exit(status ?? 1);
  return stdout;
}
