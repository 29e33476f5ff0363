/** Keys of sources: the workspace a snapshot is of, and whether it is of all of it. */

/** Ids of roots at the end of the key of a backup of parts. */
const rootsAtEnd = /:([0-9a-f]{32}(?:,[0-9a-f]{32})*)$/;

/** The selection behind them: it only leaves out, or holds only what is included. */
const selectionAtEnd = /:(only|without)-[0-9a-f]{12}$/;

/** `notion:<workspace id>` of any key of that workspace. */
export function workspaceOf(source: string): string {
  const scope = scopeOf(source);
  return hasRoots(scope) ? scope.replace(rootsAtEnd, '') : scope;
}

/** The key of the same workspace and roots without a selection. */
export function scopeOf(source: string): string {
  return source.replace(selectionAtEnd, '');
}

/**
 * True for a backup of parts that were named: given roots, or what is included. One that only leaves some out stands for
 * the workspace.
 */
export function isScoped(source: string): boolean {
  return selectionKindOf(source) === 'only' || hasRoots(scopeOf(source));
}

/** `only` for a backup of what is included, `without` for one that only leaves out; undefined for everything. */
export function selectionKindOf(source: string): 'only' | 'without' | undefined {
  const kind = selectionAtEnd.exec(source)?.[1];
  return kind === 'only' || kind === 'without' ? kind : undefined;
}

/** Ids of the roots of a backup of parts; none for a whole workspace. */
export function rootsOf(source: string): readonly string[] {
  const scope = scopeOf(source);
  return hasRoots(scope) ? (rootsAtEnd.exec(scope)?.[1] ?? '').split(',') : [];
}

function hasRoots(scope: string): boolean {
  // A workspace id looks like the id of a root, but stands alone.
  return /^[^:]+:.+:/.test(scope) && rootsAtEnd.test(scope);
}
