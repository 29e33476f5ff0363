/** The shapes of answers: which members objects of each kind have. Kinds are told by what an object says of itself. */
import type { Json, JsonObject } from '../../src/simulator/workspace/json.ts';
import { isJsonObject } from '../../src/simulator/workspace/json.ts';

/** Kind → the member sets seen, each as a set of names. */
export type Shapes = Map<string, Set<string>[]>;

/** Members that belong to the answer and not to the object in it. */
const envelope = new Set(['request_id', 'developer_survey']);

/** Adds the shapes of everything in `value` to `shapes`. */
export function collectShapes(shapes: Shapes, value: Json, kind = 'answer'): void {
  if (Array.isArray(value)) {
    for (const item of value) collectShapes(shapes, item, kind);
    return;
  }
  if (!isJsonObject(value)) return;
  const own = kindOf(value, kind);
  const type = typeof value.type === 'string' ? value.type : undefined;
  // A map from property names to properties is not an object with members.
  if (kind === 'values' || kind === 'schemas') {
    for (const member of Object.values(value))
      collectShapes(shapes, member, kind === 'values' ? 'value' : 'schema');
    return;
  }
  const members = Object.keys(value).filter((name) => !envelope.has(name) && name !== type);
  shapes.set(own, [...(shapes.get(own) ?? []), new Set(members)]);
  for (const [name, member] of Object.entries(value))
    collectShapes(shapes, member, memberKind(own, value, name));
}

function kindOf(value: JsonObject, kind: string): string {
  const type = typeof value.type === 'string' ? `:${value.type}` : '';
  if (typeof value.object !== 'string')
    return value.plain_text !== undefined ? `rich_text${type}` : `${kind}${type}`;
  if (Object.keys(value).every((name) => name === 'object' || name === 'id'))
    return `${value.object} reference`;
  switch (value.object) {
    case 'list':
    case 'user':
    case 'property_item':
      return `${value.object}${type}`;
    default:
      return value.object;
  }
}

function memberKind(owner: string, value: JsonObject, name: string): string {
  if (name === 'properties') return value.object === 'data_source' ? 'schemas' : 'values';
  if (['parent', 'database_parent', 'icon', 'cover', 'annotations'].includes(name)) return name;
  if (owner === 'block' && name === value.type) return `block:${name}>`;
  if (owner.startsWith('rich_text') || owner.startsWith('value') || owner.startsWith('schema'))
    return `${owner}>${name}`;
  return `${owner}>${name}`;
}

/** Members every object of the kind has, and those any has. */
export interface Members {
  readonly always: ReadonlySet<string>;
  readonly ever: ReadonlySet<string>;
  readonly count: number;
}

export function membersOf(seen: readonly Set<string>[]): Members {
  const ever = new Set(seen.flatMap((members) => [...members]));
  const always = new Set([...ever].filter((name) => seen.every((members) => members.has(name))));
  return { always, ever, count: seen.length };
}

/** Differences of the simulator's objects from recorded ones of the same kind, as sentences. */
export function differences(recorded: Shapes, simulated: Shapes): string[] {
  const result: string[] = [];
  for (const [kind, seen] of [...recorded].sort(([a], [b]) => a.localeCompare(b))) {
    const own = simulated.get(kind);
    if (own === undefined) continue;
    const real = membersOf(seen);
    const ours = membersOf(own);
    for (const name of real.always)
      if (!ours.always.has(name)) result.push(`${kind}: always has ${name} (${real.count} seen), ours not`);
    for (const name of ours.ever)
      if (!real.ever.has(name)) result.push(`${kind}: never had ${name} (${real.count} seen), ours has`);
  }
  return result;
}
