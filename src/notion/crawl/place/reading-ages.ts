/**
 * The ages of the readings that a snapshot is made of. Pages are read in full in turns (see `isDue` in plan.ts), so a
 * time for each turn says how old the oldest reading is, without a time for each page.
 */
import type { JsonObject } from '../../../document/json.ts';
import { arrayAt, objectAt, stringAt } from '../../../document/json.ts';
import type { CrawlContext } from '../context/crawl-context.ts';
import { turnOf } from '../context/plan.ts';

export interface ReadingAges {
  /** Every object was read in full at this time or later; null when that is not known. */
  readonly oldest: string | null;
  /** For each turn, by number, the start of the last run that read all pages of it. Null: not known. */
  readonly turns: readonly (string | null)[];
}

/** The ages of what was placed. Only a turn with a page whose content is that of the previous snapshot keeps its age. */
export function readingAges(context: CrawlContext): ReadingAges {
  const { census } = context.state;
  const { previous, rereadWithin } = context.options;
  const started = new Date(context.startedMs).toISOString();
  const manifest = previous?.manifest;
  const before = stringAt(manifest, 'oldest_full_reading') ?? null;
  const turns: (string | null)[] = Array.from({ length: Math.max(1, rereadWithin) }, () => started);
  let oldest: string | null = started;
  const carry = (turn: number, age: string | null) => {
    turns[turn] = age;
    oldest = older(oldest, age);
  };
  for (const turn of turnsCarried(context)) carry(turn, agesBefore(manifest, turns.length)[turn] ?? before);
  // A database is read in every run: one that is carried could not be, who knows how often.
  const [database] = census.carried('database');
  if (database !== undefined) oldest = older(oldest, before);
  return { oldest, turns };
}

function turnsCarried({ state, options }: CrawlContext): Set<number> {
  const turns = new Set<number>();
  for (const id of state.census.carried('page')) turns.add(turnOf(id, options.rereadWithin));
  return turns;
}

/** The ages of the turns, unless the previous run had another number of them. */
function agesBefore(manifest: JsonObject | undefined, length: number): (string | null)[] {
  const turns = arrayAt(objectAt(manifest, 'readings'), 'turns');
  return turns.length === length ? turns.map((age) => (typeof age === 'string' ? age : null)) : [];
}

/** The older of two times; what is not known may be older than anything. */
function older(left: string | null, right: string | null): string | null {
  if (left === null || right === null) return null;
  return left < right ? left : right;
}
