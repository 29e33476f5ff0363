/** The rules of architecture as functions from a source tree to what breaks them, so that the rules are tested too. */
import type { SourceTree } from './source-tree.ts';
import { folderOf, importsOf, ownImports } from './source-tree.ts';

/** For each folder, the folders it may import from besides itself. */
export type ImportTable = { readonly [folder: string]: readonly string[] };

/**
 * The table of every folder: a folder may import the folders of its own part that stand before it in `layers`, and
 * every folder of the parts that `parts` names for its own.
 */
export function tableOf(
  parts: { readonly [part: string]: readonly string[] },
  layers: { readonly [part: string]: readonly string[] },
): ImportTable {
  const foldersOf = (part: string) =>
    (layers[part] ?? []).map((layer) => (layer === '.' ? part : `${part}/${layer}`));
  return Object.fromEntries(
    Object.entries(parts).flatMap(([part, below]) => {
      const own = foldersOf(part);
      return own.map((folder, place) => [folder, [...own.slice(0, place), ...below.flatMap(foldersOf)]]);
    }),
  );
}

/** Imports from below folder `from` to below folder `to`. */
export function importsBetween(tree: SourceTree, from: string, to: string): string[] {
  const isBelow = (file: string, folder: string) => file.startsWith(`${folder}/`);
  return ownImports(tree)
    .filter((found) => isBelow(found.from, from) && isBelow(found.to, to))
    .map((found) => `${found.from} → ${found.to}`);
}

/** Imports from a folder that the importing folder's row does not name. `leaves` may be imported by everybody. */
export function forbiddenImports(tree: SourceTree, table: ImportTable, leaves: readonly string[]): string[] {
  return ownImports(tree)
    .filter(({ from, to }) => {
      const [folder, target] = [folderOf(from), folderOf(to)];
      if (folder === target) return false;
      if (target === '') return folder.split('/')[0] === 'simulator' || !leaves.includes(to);
      return !(table[folder] ?? []).includes(target);
    })
    .map(({ from, to }) => `${from} → ${to}`);
}

/** Folders of the tree that the table forgets, and rows for folders that do not exist. */
export function tableMismatch(tree: SourceTree, table: ImportTable): string[] {
  const folders = new Set([...tree.keys()].map(folderOf));
  return [
    ...[...folders]
      .filter((folder) => folder !== '' && !(folder in table))
      .map((folder) => `no row: ${folder}`),
    ...Object.keys(table)
      .filter((folder) => !folders.has(folder))
      .map((folder) => `no folder: ${folder}`),
  ];
}

/** Groups of files that import each other in a circle. */
export function fileCycles(tree: SourceTree): string[][] {
  return cycles(ownImports(tree).map(({ from, to }) => [from, to]));
}

/** Groups of folders whose files import each other in a circle. */
export function folderCycles(tree: SourceTree): string[][] {
  const edges = ownImports(tree).map(({ from, to }) => [folderOf(from), folderOf(to)] as const);
  return cycles(edges.filter(([from, to]) => from !== to && to !== ''));
}

/** Folders with more files of their own than `max`. */
export function oversizedFolders(tree: SourceTree, max: number): string[] {
  const counts = new Map<string, number>();
  for (const file of tree.keys()) counts.set(folderOf(file), (counts.get(folderOf(file)) ?? 0) + 1);
  return [...counts].filter(([, count]) => count > max).map(([folder, count]) => `${folder}: ${count} files`);
}

const sql =
  /\.(?:prepare|pragma)(?:<[^(]*)?\(|\b(?:SELECT\s+[\w*(]|INSERT (?:OR \w+ )?INTO\s|DELETE FROM\s|CREATE (?:TABLE|INDEX|UNIQUE|VIRTUAL|TEMP)|UPDATE \w+ SET\s)/;

/** Files that speak SQL though no owner (a file or folder) covers them. */
export function sqlOutsideOwners(tree: SourceTree, owners: readonly string[]): string[] {
  return [...tree]
    .filter(
      ([file, text]) =>
        sql.test(text) && !owners.some((owner) => file === owner || file.startsWith(`${owner}/`)),
    )
    .map(([file]) => file);
}

/** Imports of a package past its door, or of a package that has none. */
export function packagesPastDoors(
  tree: SourceTree,
  doors: { readonly [name: string]: readonly string[] },
): string[] {
  return importsOf(tree)
    .filter(({ from, to }) => {
      if (tree.has(to) || to.startsWith('node:') || to.endsWith('.ts')) return false;
      const name = Object.keys(doors).find((outside) => to === outside || to.startsWith(`${outside}/`));
      return (
        name === undefined || !(doors[name] ?? []).some((door) => from === door || from.startsWith(door))
      );
    })
    .map(({ from, to }) => `${from} → ${to}`);
}

/** Strongly connected groups of more than one node (Tarjan 1972), each sorted. */
function cycles(edges: readonly (readonly [string, string])[]): string[][] {
  const next = new Map<string, string[]>();
  for (const [from, to] of edges) next.set(from, [...(next.get(from) ?? []), to]);
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (node: string): number => {
    const own = index.size;
    index.set(node, own);
    low.set(node, own);
    stack.push(node);
    for (const neighbour of next.get(node) ?? []) {
      const reached = index.has(neighbour)
        ? stack.includes(neighbour)
          ? (index.get(neighbour) ?? own)
          : own
        : visit(neighbour);
      low.set(node, Math.min(low.get(node) ?? own, reached));
    }
    const lowest = low.get(node) ?? own;
    if (lowest === own) {
      const group = stack.splice(stack.indexOf(node));
      if (group.length > 1) found.push(group.sort());
    }
    return lowest;
  };
  for (const node of next.keys()) if (!index.has(node)) visit(node);
  return found;
}
