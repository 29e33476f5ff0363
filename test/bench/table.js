/** Tables for people: columns lined up; after the first, those with a heading hold numbers and stand to the right. */

/** @param {readonly string[]} head @param {readonly (readonly (string | number)[])[]} rows */
export function printTable(head, rows) {
  const cells = [head, ...rows.map((row) => row.map(String))];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  for (const row of cells) {
    const line = row.map((cell, column) =>
      column === 0 || head[column] === ''
        ? cell.padEnd(widths[column] ?? 0)
        : cell.padStart(widths[column] ?? 0),
    );
    say(line.join('  ').trimEnd());
  }
  say('');
}

/** @param {string} line */
export function say(line) {
  process.stdout.write(`${line}\n`);
}

/** Bounds that are counted, not timed: a broken one makes the program end with 1. */
export class Bounds {
  #broken = [];

  /** @param {string} what @param {boolean} holds */
  expect(what, holds) {
    if (!holds) this.#broken.push(what);
  }

  /** Tells the verdict and sets the exit code. */
  conclude() {
    for (const what of this.#broken) say(`BROKEN: ${what}`);
    if (this.#broken.length === 0) say('All bounds hold.');
    else process.exitCode = 1;
  }
}
