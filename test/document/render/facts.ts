/** Facts of a page that its renderings must keep: what is said, how it looks, what lies in what. */

/** Characters of one look. `marks` in order: bold, code, image=…, italic, link=…, math, strike, underline. */
export interface Stretch {
  readonly text: string;
  readonly marks: readonly string[];
}

export interface Fact {
  /** `paragraph`, `heading 2`, `list`, `list 7`, `item`, `task x`, `task -`, `quote`, `callout`, `details`, `code js`, `table`, … */
  readonly kind: string;
  readonly words?: readonly Stretch[];
  readonly children?: readonly Fact[];
}

/** One line for each fact, indented below what it lies in. */
export function factLines(facts: readonly Fact[], depth = 0): string[] {
  return facts.flatMap(({ kind, words = [], children = [] }) => [
    `${'  '.repeat(depth)}${kind}: ${wordsLine(words)}`,
    ...factLines(children, depth + 1),
  ]);
}

/** Blanks have no weight, slant or stroke; neighbours of one look are one stretch. */
function wordsLine(words: readonly Stretch[]): string {
  const stretches: { text: string; look: string }[] = [];
  for (const { text, marks } of words) {
    for (const part of text.match(/\s+|\S+/g) ?? []) {
      const shown = part.trim() === '' ? marks.filter((mark) => !/^(bold|italic|strike)$/.test(mark)) : marks;
      const look = [...new Set(shown)].sort().join(' ');
      const last = stretches.at(-1);
      if (last?.look === look) last.text += part;
      else stretches.push({ text: part, look });
    }
  }
  // Blanks between words of one look count as theirs; they show nothing of their own.
  const joined: typeof stretches = [];
  for (const [index, stretch] of stretches.entries()) {
    const [before, after] = [joined.at(-1), stretches[index + 1]];
    const isBlank = stretch.text.trim() === '';
    if (
      before !== undefined &&
      isBlank &&
      after !== undefined &&
      before.look === after.look &&
      sameOuter(before.look, stretch.look)
    )
      before.text += stretch.text;
    else if (before?.look === stretch.look) before.text += stretch.text;
    else joined.push({ ...stretch });
  }
  const line = joined.map(({ text, look }) =>
    look === '' ? JSON.stringify(text) : `${look}${JSON.stringify(text)}`,
  );
  return line.join(' ');
}

function sameOuter(around: string, blank: string): boolean {
  return (
    around
      .split(' ')
      .filter((mark) => !/^(bold|italic|strike)$/.test(mark))
      .join(' ') === blank
  );
}

/** Words that show nothing. */
export function isBlank(words: readonly Stretch[]): boolean {
  return words.every(
    ({ text, marks }) => text.trim() === '' && !marks.some((mark) => mark.startsWith('image=')),
  );
}

/** Words without the blanks around them. */
export function trimmed(words: readonly Stretch[]): Stretch[] {
  const list = words.map((stretch) => ({ ...stretch }));
  for (let first = list[0]; first !== undefined; first = list[0]) {
    first.text = first.text.trimStart();
    if (first.text !== '' || first.marks.some((mark) => mark.startsWith('image='))) break;
    list.shift();
  }
  for (let last = list.at(-1); last !== undefined; last = list.at(-1)) {
    last.text = last.text.trimEnd();
    if (last.text !== '' || last.marks.some((mark) => mark.startsWith('image='))) break;
    list.pop();
  }
  return list;
}
