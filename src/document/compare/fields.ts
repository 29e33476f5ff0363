/** Single fields of two documents side by side. */
import type { Json, JsonObject } from '../json.ts';
import { isObject, stringAt } from '../json.ts';
import type { Finding } from './block-diff.ts';

/** Each field of the original by name, and what the copy has besides. `impossible` tells values no request can write. */
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
      return { ...field(what, value, copy[name] ?? null), at: `${what}/${name}` };
    }),
    ...extra.map(
      (name): Finding => ({ verdict: 'extra', what, at: `${what}/${name}`, copy: copy[name] ?? null }),
    ),
  ];
}

function typeOf(value: Json): string {
  return stringAt(value, 'type') ?? '';
}

/** An icon or cover; one whose bytes were not kept cannot come back. */
export function fileField(what: string, original: Json, copy: Json): Finding {
  return isMissing(original)
    ? { verdict: 'impossible', what: `${what} whose bytes were not kept`, at: what }
    : field(what, original, copy);
}

/** True for a file whose bytes were not kept. */
export function isMissing(form: Json): boolean {
  return isObject(form) && form.missing === true;
}

/** One field: exact when equal, lost when the copy has nothing, else approximated. */
export function field(what: string, original: Json, copy: Json): Finding {
  if (JSON.stringify(original) === JSON.stringify(copy)) return { verdict: 'exact', what, at: what };
  const verdict = copy === null || (Array.isArray(copy) && copy.length === 0) ? 'lost' : 'approximated';
  return { verdict, what, at: what, original, copy };
}
