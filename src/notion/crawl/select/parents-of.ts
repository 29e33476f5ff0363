/** The objects that an object may lie in, by what is known of it: alike for its place in the tree and for the selection. */
import type { DataSources } from '../state/data-sources.ts';
import type { Parent } from '../state/parent.ts';

export interface WithParent {
  readonly parentType: Parent['type'];
  readonly parentId: string;
  readonly container: string | null;
}

/** The likeliest first; empty ids stand for none. Its former parent counts only when nothing else names one. */
export function parentsOf(
  dataSources: Pick<DataSources, 'ownerOf'>,
  { parentType, parentId, container }: WithParent,
  formerParent: string,
): string[] {
  const shownIn = container ?? '';
  if (parentType === 'block' || parentType === 'unknown' || parentType === '') return [shownIn, formerParent];
  if (parentType !== 'data_source') return [parentId, shownIn];
  return [dataSources.ownerOf(parentId) ?? '', shownIn];
}
