/** The source code as the rules of architecture see it: files by path and the imports between them. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

/** Text of every file by its path below the root, with forward slashes: `store/packs/chunker.ts`. */
export type SourceTree = ReadonlyMap<string, string>;

export interface Import {
  readonly from: string;
  /** A path below the root for our own files, the specifier for packages. */
  readonly to: string;
}

/** Reads every TypeScript file below `root`. */
export function readSourceTree(root: string): SourceTree {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  return new Map(files.map((file) => [file.replaceAll('\\', '/'), readFileSync(join(root, file), 'utf8')]));
}

const importPattern =
  /^(?:import|export)\s[^;]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm;

/** Every import of the tree, types counted. */
export function importsOf(tree: SourceTree): Import[] {
  return [...tree].flatMap(([from, text]) =>
    [...text.matchAll(importPattern)].map((match) => {
      const to = match[1] ?? match[2] ?? match[3] ?? '';
      return { from, to: to.startsWith('.') ? posix.join(dirname(from), to) : to };
    }),
  );
}

/** The imports between files of the tree itself. */
export function ownImports(tree: SourceTree): Import[] {
  return importsOf(tree).filter(({ to }) => tree.has(to));
}

/** `store/packs/chunker.ts` → `store/packs`; a file at the root has the folder ``. */
export function folderOf(file: string): string {
  return file.includes('/') ? dirname(file) : '';
}
