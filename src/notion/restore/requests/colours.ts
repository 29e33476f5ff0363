/** The closed lists of colours the API takes (SDK 5.26 types). */

const names = ['gray', 'brown', 'orange', 'yellow', 'green', 'blue', 'purple', 'pink', 'red'];

/** Colours of texts and blocks. */
export const textColours: ReadonlySet<string> = new Set(
  ['default', ...names].flatMap((name) => [name, `${name}_background`]),
);

/** Colours of options in select, multi-select and status properties. */
export const optionColours: ReadonlySet<string> = new Set(['default', ...names]);

/** Colours of Notion's own icons. */
export const iconColours: ReadonlySet<string> = new Set(['lightgray', ...names]);
