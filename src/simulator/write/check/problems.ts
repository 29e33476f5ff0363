/** Problems of a request body, collected while it is checked, and worded as Notion words them. */

import type { Json } from '../../workspace/json.ts';

/** A way into a request body, as Notion prints it: `body.children[1].paragraph`. */
export type Path = string;

/** Judges one value and adds what it finds to the problems. */
export type Check = (value: Json | undefined, path: Path, problems: Problems) => void;

/** One refusal: where, what was wanted, what came. */
export interface Problem {
  readonly path: Path;
  readonly demand: string;
  readonly instead: Json | undefined;
}

/** Collects the refusals of one request in the order they are found. */
export class Problems {
  readonly #found: Problem[] = [];

  /** Problems found so far, in order. */
  get found(): readonly Problem[] {
    return this.#found;
  }

  /** Adds `<path> should <demand>, instead was \`<value>\`.` */
  should(path: Path, demand: string, instead: Json | undefined): void {
    this.#found.push({ path, demand, instead });
  }

  /** Adds `<path>.length should be ≤ \`<limit>\`, instead was \`<length>\`.` when it is longer. */
  atMost(path: Path, limit: number, length: number): void {
    if (length > limit) this.should(`${path}.length`, `be ≤ \`${limit}\``, length);
  }

  /** Adds `<path>.length should be ≥ \`<limit>\`, instead was \`<length>\`.` when it is shorter. */
  atLeast(path: Path, limit: number, length: number): void {
    if (length < limit) this.should(`${path}.length`, `be ≥ \`${limit}\``, length);
  }

  /** The message of the 400, or undefined when nothing was found; `place` is `body` or `path`. */
  message(place = 'body'): string | undefined {
    const lines = this.#found.map(
      ({ path, demand, instead }) => `${path} should ${demand}, instead was \`${printed(instead)}\`.`,
    );
    if (lines.length === 0) return undefined;
    return lines.length === 1
      ? `${place} failed validation: ${lines[0]}`
      : `${place} failed validation. Fix one:\n${lines.join('\n')}`;
  }
}

/** A value as Notion prints it in messages: JSON, and `undefined` for what is missing. */
export function printed(value: Json | undefined): string {
  return value === undefined ? 'undefined' : JSON.stringify(value);
}
