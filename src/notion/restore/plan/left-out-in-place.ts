/**
 * The objects that the selection of a snapshot leaves out, found again in the present state: a restore in place does not
 * call them new, and never moves them to the trash. In doubt an object is taken for one of them.
 */
import type { SnapshotReader, WalkedEntry } from '../../../document/content.ts';
import type { JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject, stringAt } from '../../../document/json.ts';
import { compactId } from '../../../document/notion-id.ts';
import { leftOutIn } from '../../../document/selection/left-out.ts';
import type { PathPart } from '../../../document/selection/pattern.ts';
import type { Selection } from '../../../document/selection/selection.ts';
import { excludeOf, parseSelection } from '../../../document/selection/selection.ts';
import { readDatabase } from '../snapshot/snapshot-documents.ts';

type Directory = Extract<WalkedEntry, { type: 'directory' }>;

export class LeftOutInPlace {
  readonly #selection: Selection | undefined;
  readonly #ids: ReadonlySet<string>;
  readonly #isCut: boolean;

  /** @param manifest of the snapshot that is restored */
  constructor(manifest: JsonObject | undefined) {
    const leftOut = leftOutIn(manifest);
    this.#selection = leftOut === undefined ? undefined : parseSelection(leftOut.selection);
    this.#ids = new Set(leftOut?.list.map(({ id }) => id));
    this.#isCut = leftOut?.isCut === true;
  }

  /**
   * True when the object at `entry` is, or may be, one that the snapshot leaves out.
   * @param ownerPath path in the snapshot of the restored object that `top` lies in; `top` is at or above `entry`
   */
  async holds(present: SnapshotReader, entry: Directory, ownerPath: string, top: string): Promise<boolean> {
    const { object } = entry;
    if (this.#selection === undefined || object === undefined) return false;
    if (this.#isCut || this.#ids.has(compactId(object.id))) return true;
    // What is included lies at the top of the snapshot, wherever it lies in Notion: what is above it is not known.
    const isWhole = this.#selection.include.length === 0;
    const names = [ownerPath, entry.path.slice(top.lastIndexOf('/'))].join('').split('/').slice(1);
    const path = names.map((name): PathPart => partOf(name));
    const own = { ...partOf(names.at(-1) ?? ''), id: compactId(object.id), kind: object.kind };
    const sources = object.kind === 'database' ? await sourcesOf(present, entry.path) : [];
    path[path.length - 1] = { ...own, sources, hasAllSources: true };
    return excludeOf(this.#selection, path, { isWhole }) !== 'none';
  }
}

/** A name of the tree: its first part, and the end of the id, which is all of the id that patterns ask for there. */
function partOf(name: string) {
  const [, stem = name, id = ''] = /^(.*)~([0-9a-f]+)$/s.exec(name) ?? [];
  return { id, kind: 'page' as const, name: stem, sources: [], hasAllSources: true };
}

async function sourcesOf(present: SnapshotReader, path: string): Promise<string[]> {
  const { data_sources: sources } = await readDatabase(present, path);
  return arrayAt({ sources }, 'sources')
    .filter(isObject)
    .map((source) => compactId(stringAt(source, 'id') ?? ''));
}
