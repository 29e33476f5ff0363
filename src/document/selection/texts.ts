/** The texts of a selection: as people write them, as a manifest keeps them, and as one line. */
import type { JsonObject } from '../json.ts';
import { arrayAt, objectAt } from '../json.ts';

/** The texts of a selection, as people write them and as the manifest keeps them. */
export interface SelectionTexts {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** The texts of a selection that a manifest keeps under `settings`; none for a backup of everything. */
export function selectionTextsIn(settings: JsonObject | undefined): SelectionTexts {
  const selection = objectAt(settings, 'selection');
  const texts = (key: string) => arrayAt(selection, key).map(String);
  return { include: texts('include'), exclude: texts('exclude') };
}

/** One line for people: `only /Home; without Private, Archive`. */
export function selectionWords({ include, exclude }: SelectionTexts): string {
  const parts = [
    ...(include.length === 0 ? [] : [`only ${include.join(', ')}`]),
    ...(exclude.length === 0 ? [] : [`without ${exclude.join(', ')}`]),
  ];
  return parts.join('; ');
}
