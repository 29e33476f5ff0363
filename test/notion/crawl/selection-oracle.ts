/** The documented rule of selections in a few lines, on the paths of a snapshot of everything: shares no code with the product. */
import type { MemorySnapshot } from './memory-snapshot.ts';

export interface Patterns {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** Ids of the objects of `everything` that are chosen. */
export function chosenOf(everything: MemorySnapshot, { include, exclude }: Patterns): string[] {
  const chosen = [...everything.all.values()].filter(({ id }) => {
    const line = lineOf(everything, id);
    const isExcluded = (path: string) => {
      const last = exclude.filter((text) => names(everything, path, text.replace(/^!/, ''))).at(-1);
      return last !== undefined && !last.startsWith('!');
    };
    const isIncluded =
      include.length === 0 || line.some((path) => include.some((text) => names(everything, path, text)));
    return isIncluded && !line.some(isExcluded);
  });
  return chosen.map(({ id }) => id).sort();
}

/** The paths of an object and of what it lies in, from the top. */
function lineOf(everything: MemorySnapshot, id: string): string[] {
  const path = everything.all.get(id)?.path ?? '';
  return [...everything.all.values()]
    .map((each) => each.path)
    .filter((each) => `${path}/`.startsWith(`${each}/`))
    .sort();
}

function names(everything: MemorySnapshot, path: string, text: string): boolean {
  const object = [...everything.all.values()].find((each) => each.path === path);
  if (object === undefined) return false;
  const [, kind, rest = ''] = /^(?:(page|database):)?(.*)$/s.exec(text) ?? [];
  if (kind !== undefined && kind !== object.kind) return false;
  const hex = rest.replaceAll('-', '').match(/[0-9a-f]{32}$/)?.[0];
  const sources =
    object.kind === 'database' ? JSON.stringify(everything.document(object.id).data_sources) : '';
  if (hex !== undefined) return object.id === hex || sources.replaceAll('-', '').includes(`"id":"${hex}"`);
  const plain = path.replace(/~[0-9a-f]+(?=\/|$)/g, '');
  const own = plain.slice(plain.lastIndexOf('/') + 1);
  if (rest.startsWith('title:')) return own === rest.slice('title:'.length);
  const regex = (glob: string) =>
    glob
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      // `/**/` is any number of names between, `/**` at the end at least one below.
      .split('/**/')
      .map((part) =>
        part
          .replace(/\*\*$/, '.+')
          .replace(/(?<![.])\*/g, '[^/]*')
          .replaceAll('?', '[^/]'),
      )
      .join('/(?:.*/)?');
  if (!rest.includes('/')) return new RegExp(`^${regex(rest)}$`, 'su').test(own);
  return new RegExp(
    `^${regex(rest.startsWith('**/') ? `/${rest}` : `/${rest.replace(/^\//, '')}`)}$`,
    'su',
  ).test(plain);
}
