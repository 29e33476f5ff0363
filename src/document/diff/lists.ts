/** Parts with ids, in two versions: added, removed, moved, and those to look into. */
import type { Json, JsonObject } from '../json.ts';
import { isObject, stringAt } from '../json.ts';
import { movedIds } from './order.ts';

export interface Matched {
  readonly added: JsonObject[];
  readonly removed: JsonObject[];
  readonly both: {
    readonly id: string;
    readonly before: JsonObject;
    readonly after: JsonObject;
    readonly hasMoved: boolean;
  }[];
}

/** `before` and `after` matched by `idOf`. */
export function matched(
  before: readonly Json[],
  after: readonly Json[],
  idOf: (part: JsonObject) => string = (part) => stringAt(part, 'id') ?? '',
): Matched {
  const [old, now] = [byId(before, idOf), byId(after, idOf)];
  const moved = movedIds(
    [...old.keys()].filter((id) => now.has(id)),
    [...now.keys()].filter((id) => old.has(id)),
  );
  return {
    added: [...now].flatMap(([id, part]) => (old.has(id) ? [] : [part])),
    removed: [...old].flatMap(([id, part]) => (now.has(id) ? [] : [part])),
    both: [...now].flatMap(([id, part]) => {
      const was = old.get(id);
      return was === undefined ? [] : [{ id, before: was, after: part, hasMoved: moved.has(id) }];
    }),
  };
}

function byId(parts: readonly Json[], idOf: (part: JsonObject) => string): Map<string, JsonObject> {
  return new Map(parts.filter(isObject).map((part) => [idOf(part), part]));
}
