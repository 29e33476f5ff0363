/** Columns of a list that hold whatever stands in them: Chinese and emoji take two places of a terminal, marks none. */
import { createRequire } from 'node:module';
import { printable } from '../../document/names.ts';

export type Align = 'left' | 'right';

/** Lines with two blanks between columns. Nothing is filled up behind the last text of a line. */
export function columns(rows: readonly (readonly string[])[], aligns: readonly Align[]): string[] {
  const cells = rows.map((row) => row.map(printable));
  const widths = aligns.map((_, at) =>
    cells.reduce((most, row) => Math.max(most, widthOf(row[at] ?? '')), 0),
  );
  return cells.map((row) =>
    aligns
      .flatMap((align, at) => (widths[at] === 0 ? [] : [padded(row[at] ?? '', widths[at] ?? 0, align)]))
      .join('  ')
      .trimEnd(),
  );
}

/** Places that `text` takes on a terminal. */
export function widthOf(text: string): number {
  if (onePlaceEach.test(text)) return text.length;
  stringWidth ??= requireHere('string-width').default;
  return stringWidth(text);
}

/** Letters of Latin, Greek and Cyrillic and the signs that lists of ours have: each takes one place. */
const onePlaceEach = /^[ -~¡-¬®-˿Ͱ-҂Ҋ-ԯ…−]*$/;

/** Loaded for other text: building its tables of emoji takes longer than listing a store. */
let stringWidth: typeof import('string-width').default | undefined;
const requireHere: (name: 'string-width') => typeof import('string-width') = createRequire(import.meta.url);

function padded(text: string, width: number, align: Align): string {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'left' ? `${text}${blanks}` : `${blanks}${text}`;
}
