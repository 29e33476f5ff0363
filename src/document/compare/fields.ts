/** Compares single fields of two documents. */
import type { Json, JsonObject } from '../json.ts';
import { stringAt } from '../json.ts';
import type { Finding } from './block-diff.ts';
import { isMissing } from './file-form.ts';
import { isSameContent } from './words.ts';

/**
 * Compares each field of the original by name, and reports those only the copy has. `impossible` is true for values no
 * request can write. Names are people's, and may be those of members of every object.
 */
export function fields(
  what: string,
  original: JsonObject,
  copy: JsonObject,
  impossible: (form: Json) => boolean = () => false,
): Finding[] {
  const extra = Object.keys(copy).filter((name) => !Object.hasOwn(original, name));
  return [
    ...Object.entries(original).map(([name, value]): Finding => {
      if (impossible(value))
        return { verdict: 'impossible', what: `${what} ${typeOf(value)}`, at: `${what}/${name}` };
      const other = Object.hasOwn(copy, name) ? (copy[name] ?? null) : null;
      return { ...field(what, value, other), at: `${what}/${name}` };
    }),
    ...extra.map(
      (name): Finding => ({ verdict: 'extra', what, at: `${what}/${name}`, copy: copy[name] ?? null }),
    ),
  ];
}

function typeOf(value: Json): string {
  return stringAt(value, 'type') ?? '';
}

/** Compares an icon or cover; one whose bytes were not kept cannot come back. */
export function fileField(what: string, original: Json, copy: Json): Finding {
  if (isMissing(original))
    return { verdict: 'impossible', what: `${what} whose bytes were not kept`, at: what };
  return isMissing(copy) ? { verdict: 'unknown', what, at: what } : field(what, original, copy);
}

/**
 * Compares one field: exact when equal, lost when the copy has nothing or something else, approximated when a text differs in
 * style alone, or a setting was replaced.
 */
export function field(what: string, original: Json, copy: Json): Finding {
  if (JSON.stringify(original) === JSON.stringify(copy)) return { verdict: 'exact', what, at: what };
  const isGone = copy === null || (Array.isArray(copy) && copy.length === 0);
  const isChanged = contents.has(what) && !isSameContent(original, copy);
  const verdict = isGone || isChanged ? 'lost' : 'approximated';
  return { verdict, what, at: what, original, copy };
}

/** Fields that hold people's words and values; the others are settings. */
const contents: ReadonlySet<string> = new Set(['title', 'description', 'data source title', 'property']);
