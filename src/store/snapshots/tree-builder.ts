/**
 * Builds a tree bottom-up from a depth-first sequence: a listing is written when its directory is left. Memory holds
 * only the listings of the directories that are open, each as the text of its lines.
 */
import type { FileEntry, ObjectInfo, TreeStep } from '../../document/content.ts';
import { KlosetError } from '../../errors.ts';
import type { BlobContent } from '../format/ids.ts';
import { blobContent } from '../format/ids.ts';
import type { TreeEntry } from '../format/tree.ts';
import { compareNames, encodeTreeEntry, maxTreeDepth, nameProblem } from '../format/tree.ts';

/** Totals of one tree, counted while it is built. */
export interface TreeTotals {
  files: number;
  directories: number;
  /** Bytes of all files. */
  contentBytes: number;
}

export interface TreeBuilderOptions {
  /** Stores the bytes of one listing. */
  writeListing(bytes: Iterable<Uint8Array>): Promise<BlobContent>;
  /** Told of every object when its directory is left, with its own files (not those of objects below). */
  onObject(object: BuiltObject): void;
}

export interface BuiltObject extends ObjectInfo {
  readonly path: string;
  readonly parentId: string | null;
  readonly files: readonly FileEntry[];
}

interface OpenDirectory {
  readonly name: string;
  readonly path: string;
  readonly modified: string;
  readonly object: ObjectInfo | undefined;
  readonly lines: { readonly name: string; readonly line: string }[];
  /** Files of the object this directory stands for or belongs to, with names relative to the object's directory. */
  readonly files: FileEntry[];
}

const pieceLength = 65_536;

export class TreeBuilder {
  readonly totals: TreeTotals = { files: 0, directories: 0, contentBytes: 0 };
  readonly #options: TreeBuilderOptions;
  readonly #open: OpenDirectory[] = [
    { name: '', path: '', modified: '', object: undefined, lines: [], files: [] },
  ];

  constructor(options: TreeBuilderOptions) {
    this.#options = options;
  }

  async step(step: TreeStep): Promise<void> {
    if (step.type === 'enter') this.#enter(step);
    else if (step.type === 'file') this.#addFile(step);
    else await this.#leave();
  }

  /** The root listing, once every directory was left. */
  async finish(): Promise<BlobContent> {
    const root = this.#top();
    if (this.#open.length > 1) throw new KlosetError('internal', `The directory ${root.path} was not left.`);
    return await this.#options.writeListing(listingBytes(root));
  }

  #enter(step: Extract<TreeStep, { type: 'enter' }>): void {
    const problem = this.#open.length > maxTreeDepth ? 'it lies too deep' : nameProblem(step.name);
    const path = `${this.#top().path}/${step.name}`;
    if (problem !== undefined)
      throw new KlosetError('internal', `A tree cannot hold ${JSON.stringify(path)}: ${problem}.`);
    const { name, modified, object } = step;
    this.#open.push({ name, path, modified, object, lines: [], files: [] });
    this.totals.directories += 1;
  }

  #addFile(file: FileEntry): void {
    this.#addEntry({ ...file, content: blobContent(file.content) });
    this.totals.files += 1;
    this.totals.contentBytes += file.content.size;
    const owner = this.#open.findLastIndex((directory) => directory.object !== undefined);
    const below = this.#open.slice(owner + 1).map((directory) => `${directory.name}/`);
    if (owner >= 0) this.#open[owner]?.files.push({ ...file, name: below.join('') + file.name });
  }

  async #leave(): Promise<void> {
    const left = this.#open.length > 1 ? this.#open.pop() : undefined;
    if (left === undefined) throw new KlosetError('internal', 'A tree was left more often than entered.');
    const { name, modified, object, path, files } = left;
    const content = await this.#options.writeListing(listingBytes(left));
    this.#addEntry({ type: 'directory', name, modified, content, ...(object ? { object } : {}) });
    if (object === undefined) return;
    const parentId = this.#open.findLast((directory) => directory.object !== undefined)?.object?.id ?? null;
    this.#options.onObject({ ...object, path, parentId, files });
  }

  #addEntry(entry: TreeEntry): void {
    this.#top().lines.push({ name: entry.name, line: encodeTreeEntry(entry) });
  }

  #top(): OpenDirectory {
    const top = this.#open.at(-1);
    if (top === undefined) throw new KlosetError('internal', 'A tree without a root.');
    return top;
  }
}

/** The lines in the order of their names, in pieces. @throws KlosetError internal when a name occurs twice */
function* listingBytes({ lines, path }: OpenDirectory): Generator<Uint8Array> {
  lines.sort((left, right) => compareNames(left.name, right.name));
  let piece = '';
  let previous: string | undefined;
  for (const { name, line } of lines) {
    if (name === previous)
      throw new KlosetError('internal', `The name ${JSON.stringify(name)} occurs twice in ${path}/.`);
    previous = name;
    piece += line;
    if (piece.length < pieceLength) continue;
    yield Buffer.from(piece, 'utf8');
    piece = '';
  }
  if (piece !== '') yield Buffer.from(piece, 'utf8');
}
