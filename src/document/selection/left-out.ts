/** `left_out` of a manifest: the part of its scope that a snapshot leaves out by choice, neither a gap nor a loss. */
import type { JsonObject } from '../json.ts';
import { arrayAt, objectAt, stringAt } from '../json.ts';
import { compactId } from '../notion-id.ts';
import type { SelectionTexts } from './texts.ts';
import { selectionTextsIn } from './texts.ts';

export interface LeftOut {
  readonly selection: SelectionTexts;
  /** Known objects that are left out; what lies below them is not counted where no listing shows it. */
  readonly pages: number;
  readonly databases: number;
  /** Patterns that name nothing that Notion lists. */
  readonly unmatched: SelectionTexts;
  /** Objects of the backup before that moved to where they are left out. */
  readonly moved: number;
  readonly list: readonly ListedLeftOut[];
  /** True when there are more of them than are listed. */
  readonly isCut: boolean;
}

/** An object that is left out. */
export interface ListedLeftOut {
  /** Compact. */
  readonly id: string;
  readonly kind: 'page' | 'database';
  /** The object it lies in, as far as it is known. */
  readonly parent: string | undefined;
  /** The exclude that names the object itself. */
  readonly by: string | undefined;
}

/** Undefined for a backup of everything in its scope. */
export function leftOutIn(manifest: JsonObject | undefined): LeftOut | undefined {
  const part = objectAt(manifest, 'left_out');
  if (part === undefined) return undefined;
  const unmatched = objectAt(part, 'unmatched');
  return {
    selection: selectionTextsIn(part),
    pages: Number(part.pages ?? 0),
    databases: Number(part.databases ?? 0),
    unmatched: {
      include: arrayAt(unmatched, 'include').map(String),
      exclude: arrayAt(unmatched, 'exclude').map(String),
    },
    moved: Number(objectAt(part, 'moved')?.count ?? 0),
    list: arrayAt(part, 'list').flatMap((each): ListedLeftOut[] => {
      const [id, kind] = [stringAt(each, 'id') ?? '', stringAt(each, 'kind')];
      if (id === '' || (kind !== 'page' && kind !== 'database')) return [];
      return [{ id: compactId(id), kind, parent: stringAt(each, 'parent'), by: stringAt(each, 'by') }];
    }),
    isCut: part.cut === true,
  };
}
