/** Keys of sources: the workspace a snapshot is of, and whether it is of all of it. */

/** Ids of roots at the end of the key of a backup of parts. */
const rootsAtEnd = /:([0-9a-f]{32}(?:,[0-9a-f]{32})*)$/;

/** `notion:<workspace id>` of any key of that workspace. */
export function workspaceOf(source: string): string {
  return isScoped(source) ? source.replace(rootsAtEnd, '') : source;
}

/** True for a backup of given roots alone. */
export function isScoped(source: string): boolean {
  // A workspace id looks like the id of a root, but stands alone.
  return /^[^:]+:.+:/.test(source) && rootsAtEnd.test(source);
}

/** Ids of the roots of a backup of parts; none for a whole workspace. */
export function rootsOf(source: string): readonly string[] {
  return isScoped(source) ? (rootsAtEnd.exec(source)?.[1] ?? '').split(',') : [];
}
