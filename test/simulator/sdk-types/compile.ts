/** JSON held against the types of the official SDK by the compiler: each value is written down as the type it should have. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json } from '../../../src/simulator/workspace/json.ts';
import { isJsonObject } from '../../../src/simulator/workspace/json.ts';

const repository = new URL('../../..', import.meta.url).pathname;
const sdk = join(repository, 'node_modules/@notionhq/client/build/src/api-endpoints.js');
const compiler = join(repository, 'node_modules/typescript/bin/tsc');

/** One line of TypeScript; `name` comes back in complaints only by its line. */
export function declaration(name: string, type: string, value: Json): string {
  return `export const ${name}: api.${type} = ${JSON.stringify(value)};`;
}

/** Errors of the compiler, each `served.ts(LINE,COLUMN): …`; the first declaration stands on line 2. */
export function complaints(declarations: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'kloset-types-'));
  try {
    const file = join(folder, 'served.ts');
    writeFileSync(file, [`import type * as api from '${sdk}';`, ...declarations].join('\n'));
    const flags =
      '--ignoreConfig --noEmit --strict --module nodenext --skipLibCheck --target es2023 --lib es2023,dom';
    const run = spawnSync(process.execPath, [compiler, ...flags.split(' '), file], { encoding: 'utf8' });
    return run.stdout.split('\n').filter((line) => line.includes('error TS'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The members and types of a value without its contents: values of one shape need compiling once. */
export function shapeOf(value: Json): string {
  if (Array.isArray(value)) return `[${[...new Set(value.map(shapeOf))].sort().join()}]`;
  if (!isJsonObject(value)) return value === null ? 'null' : typeof value;
  return `{${Object.keys(value)
    .sort()
    .map((name) => `${name}:${shapeOf(value[name] ?? null)}`)}}`;
}
