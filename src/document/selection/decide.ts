/** Decides whether a selection chooses an object, from what is known by now of it and of what lies above it. */
import type { Named, PathPart } from './pattern.ts';
import type { Selection } from './selection.ts';
import { excludeOf, excludeText, isIncluded } from './selection.ts';

/** The place of an object: at the top (in a folder of the tree or not), in another one, or not known yet. */
export type Above =
  | { readonly type: 'top'; readonly folder?: string }
  | { readonly type: 'in'; readonly id: string; readonly folder?: string }
  | { readonly type: 'unknown' };

export interface SelectableObject extends Named {
  readonly above: Above;
  /** True when it is known to be left out, and nothing else is known of it. */
  readonly isLeftOut?: boolean;
}

/** Gives an object by its id; undefined when nothing is known of it. */
export type Lookup = (id: string) => SelectableObject | undefined;

export type Decision =
  | { readonly fate: 'chosen' }
  /** `by`: the exclude that names the object itself; undefined when something above it is left out, or nothing includes it. */
  | { readonly fate: 'left-out'; readonly by: string | undefined }
  | { readonly fate: 'unknown' };

/** The path of an object as far as it is known. */
export interface KnownPath {
  readonly path: readonly PathPart[];
  /** False when something above it is not known. */
  readonly isWhole: boolean;
  /** True when something above it is known to be left out, and no more than that. */
  readonly isBelowLeftOut: boolean;
}

/** No chain is longer: those that lie in each other end here. */
const maxDepth = 400;

/** The decision about an object; `unknown` where more has to be known first. */
export function decide(selection: Selection, id: string, lookup: Lookup): Decision {
  const { path, isWhole, isBelowLeftOut } = pathOf(id, lookup);
  if (isBelowLeftOut) return { fate: 'left-out', by: undefined };
  const whole = { isWhole };
  let isUnknown = !isWhole && selection.exclude.length > 0;
  // Above what is known there may be an object that is included.
  let isWanted: boolean | undefined = selection.include.length === 0 ? true : isWhole ? false : undefined;
  for (let end = 1; end <= path.length; end += 1) {
    const part = path[end - 1];
    if (part === undefined || 'folder' in part) continue;
    const upTo = path.slice(0, end);
    const exclude = excludeOf(selection, upTo, whole);
    if (exclude !== undefined && exclude !== 'none')
      return { fate: 'left-out', by: end === path.length ? excludeText(exclude) : undefined };
    if (exclude === undefined) isUnknown = true;
    if (isWanted !== true) {
      const included = isIncluded(selection, upTo, whole);
      isWanted = included === true ? true : included === undefined ? undefined : isWanted;
    }
  }
  if (isUnknown || isWanted === undefined) return { fate: 'unknown' };
  return isWanted ? { fate: 'chosen' } : { fate: 'left-out', by: undefined };
}

/** The path from the top to an object, as far as it is known. */
export function pathOf(id: string, lookup: Lookup): KnownPath {
  const path: PathPart[] = [];
  const seen = new Set<string>();
  for (let next = id; ; ) {
    const object = lookup(next);
    if (object === undefined) return { path, isWhole: false, isBelowLeftOut: false };
    if (object.isLeftOut === true && next !== id) return { path, isWhole: false, isBelowLeftOut: true };
    path.unshift(object);
    seen.add(next);
    const { above } = object;
    if (above.type === 'unknown') return { path, isWhole: false, isBelowLeftOut: false };
    if (above.folder !== undefined) path.unshift({ folder: above.folder });
    if (above.type === 'top') return { path, isWhole: true, isBelowLeftOut: false };
    // Objects that lie in each other lie nowhere: the tree has them among the orphans.
    if (seen.has(above.id) || seen.size > maxDepth)
      return { path: [{ folder: '_orphans' }, ...path], isWhole: true, isBelowLeftOut: false };
    next = above.id;
  }
}
