/** The table of addresses: each a pattern of parts (`/s/:snapshot/o/:object/`) and the page that answers. */
import type { Ask, Reply } from '../reply.ts';

export type Answer = (ask: Ask) => Promise<Reply> | Reply;

/** By pattern. `:name` takes one part, `*name` the rest. */
export type Routes = { readonly [pattern: string]: Answer };

export interface Match {
  readonly answer: Answer;
  readonly params: { readonly [name: string]: string };
}

/** Finds the page for the parts of a path; undefined when there is none. */
export function matchRoute(routes: Routes, parts: readonly string[]): Match | undefined {
  for (const [pattern, answer] of Object.entries(routes)) {
    const params = paramsOf(pattern.slice(1).split('/'), parts);
    if (params !== undefined) return { answer, params };
  }
  return undefined;
}

function paramsOf(pattern: readonly string[], parts: readonly string[]): Match['params'] | undefined {
  const params: { [name: string]: string } = {};
  for (const [index, piece] of pattern.entries()) {
    const part = parts[index];
    if (piece.startsWith('*')) {
      const rest = parts.slice(index).join('/');
      if (rest === '') return undefined;
      params[piece.slice(1)] = rest;
      return params;
    }
    if (part === undefined) return undefined;
    if (piece.startsWith(':')) {
      if (part === '') return undefined;
      params[piece.slice(1)] = part;
    } else if (piece !== part) return undefined;
  }
  return pattern.length === parts.length ? params : undefined;
}
