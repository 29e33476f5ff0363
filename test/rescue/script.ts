/** docs/rescue.py as people run it, by a Python that has what it needs. */
import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const script = fileURLToPath(new URL('../../docs/rescue.py', import.meta.url));

/** A Python that can import PyNaCl; undefined when this machine has none. */
export const python = ['/usr/bin/python3', 'python3'].find(
  (each) => spawnSync(each, ['-c', 'import nacl.bindings']).status === 0,
);

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Python with `words`, and only `env` besides where programs are. */
export function runPython(words: readonly string[], env: { readonly [name: string]: string } = {}) {
  return new Promise<Ended>((resolve, reject) => {
    const options = { env: { PATH: process.env.PATH ?? '', PYTHONDONTWRITEBYTECODE: '1', ...env } };
    const child = execFile(python ?? 'python3', [...words], options, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
    child.once('error', reject);
  });
}

/** Path within `folder` → SHA-256 of each file. */
export function digestsIn(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) found[`/${relative(folder, path)}`] = sha256(readFileSync(path));
  }
  return found;
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** What an expression over the script's own functions gives, for what no honest store can hold. */
export async function evaluate(expression: string): Promise<unknown> {
  const program = `
import sys, json
sys.path.insert(0, ${JSON.stringify(dirname(script))})
import rescue
def refuses(check, *given):
    try:
        check(*given)
    except rescue.Failure as failure:
        return failure.code == 65
    return False
print(json.dumps(${expression}))`;
  const { stdout, stderr } = await runPython(['-c', program]);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}
