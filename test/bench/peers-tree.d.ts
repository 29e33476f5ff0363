/** Types of peers-tree.js, for the tests that use it. */
export interface TreeSize {
  readonly seed: number;
  readonly documents: number;
  readonly documentBytes: number;
  readonly mediaBytes: number;
}
export interface WrittenFiles {
  readonly files: number;
  readonly bytes: number;
}
export function writeTree(folder: string, size: TreeSize): { documents: WrittenFiles; media: WrittenFiles };
