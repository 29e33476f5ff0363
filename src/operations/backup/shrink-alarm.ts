/** Notices when far fewer objects are visible than last time: a revoked share looks just like a deletion. */
import type { PreviousSnapshot } from '../../document/content.ts';
import type { JsonObject } from '../../document/json.ts';
import { isObject, objectAt } from '../../document/json.ts';

/** A loss of fewer objects than this is not reported. */
const fewObjects = 10;

/** A loss of more than this share of all objects is suspicious. */
const suspiciousShare = 0.25;

const counted = ['pages', 'databases', 'rows'];

/** A sentence naming what shrank since `previous`, or undefined when nothing did by much. */
export function shrinkAlarm(
  previous: PreviousSnapshot | null,
  counts: { readonly [name: string]: number },
): string | undefined {
  if (previous === null) return undefined;
  const before = total(objectAt(previous.manifest, 'counts') ?? {});
  const now = total(counts);
  const lost = before - now;
  if (lost < fewObjects || lost <= before * suspiciousShare) return undefined;
  return `only ${now} objects are visible, after ${before} in snapshot ${previous.id.slice(0, 8)}: were pages unshared or deleted?`;
}

function total(counts: JsonObject | { readonly [name: string]: number }): number {
  if (!isObject(counts)) return 0;
  return counted.reduce((sum, name) => sum + (typeof counts[name] === 'number' ? counts[name] : 0), 0);
}
