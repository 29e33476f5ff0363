/** The closed lists of colours requests may name (SDK 5.26 types). */

const plain = ['gray', 'brown', 'orange', 'yellow', 'green', 'blue', 'purple', 'pink', 'red'] as const;

/** Colours of text and of blocks: default and nine others, each also as a background. */
export const textColours: readonly string[] = [
  'default',
  ...plain,
  'default_background',
  ...plain.map((name) => `${name}_background`),
];

/** Colours of select, multi-select and status options. */
export const optionColours: readonly string[] = ['default', ...plain];

/** Colours of Notion's own icons, and of reference lines in charts. */
export const iconColours: readonly string[] = [
  'gray',
  'lightgray',
  'brown',
  'yellow',
  'orange',
  'green',
  'blue',
  'purple',
  'pink',
  'red',
];
