/** Decides which snapshots a policy keeps. Pure: it reads nothing and removes nothing. Calendar times are UTC. */
import { KlosetError } from '../../errors.ts';

/** Rules that go by the calendar. */
export const calendarRules = ['minutely', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const;
export type CalendarRule = (typeof calendarRules)[number];

/** The rules of a policy; one that is not given keeps nothing. Rules add up. */
export interface RetentionPolicy {
  /** The newest so many. */
  readonly last?: number;
  /** The newest of each hour, day, ISO week, month or year, for so many of those that have any. */
  readonly minutely?: number;
  readonly hourly?: number;
  readonly daily?: number;
  readonly weekly?: number;
  readonly monthly?: number;
  readonly yearly?: number;
  /** The newest so many of each period of a rule stand for it, instead of one. */
  readonly perPeriod?: { readonly [rule in CalendarRule]?: number };
  /** Everything at most this much older than the newest. */
  readonly withinMs?: number;
  /** Everything with one of these tags. */
  readonly tags?: readonly string[];
}

/** True when the policy has a rule that keeps anything; `perPeriod` alone only says how many another rule keeps. */
export function keepsAnything(policy: RetentionPolicy): boolean {
  return Object.keys(policy).some((rule) => rule !== 'perPeriod');
}

/** A snapshot as far as retention is concerned. */
export interface RetainedSnapshot {
  readonly id: string;
  /** ISO time; undefined when its header cannot be read. */
  readonly time?: string;
  /** The place in the order of the store, 0 for the newest; where it is not given, the time decides. */
  readonly place?: number;
  /** Each source is decided on its own. */
  readonly source: string;
  readonly tags: readonly string[];
  /** Readable, well signed, and complete: one to go back to. */
  readonly isGood: boolean;
  /** Kept whatever the policy says. */
  readonly isPinned: boolean;
  /** Made by the program itself, not by a backup: kept by rules of its own. */
  readonly isAutomatic?: boolean;
}

export interface RetentionDecision<T extends RetainedSnapshot> {
  readonly snapshot: T;
  /** Reasons to keep it: "daily 2026-01-02", "pinned". Empty when it may be removed. */
  readonly reasons: readonly string[];
}

/**
 * Decides for each snapshot, in the order given. Whatever the policy says, these stay: the newest good snapshot of
 * each source, the newest of each source, pinned ones, and those that cannot be read (their content is unknown).
 * @param isMeant the snapshots that the policy is about; what always stays is found among all
 * @throws KlosetError usage for a policy without a rule, or with a number below 1
 */
export function decideRetention<T extends RetainedSnapshot>(
  snapshots: readonly T[],
  policy: RetentionPolicy,
  isMeant: (snapshot: RetainedSnapshot) => boolean = () => true,
): RetentionDecision<T>[] {
  checkPolicy(policy);
  const reasons = new Map<string, string[]>(snapshots.map(({ id }) => [id, []]));
  const keep = (snapshot: RetainedSnapshot, reason: string) => reasons.get(snapshot.id)?.push(reason);
  keepAutomatic(snapshots, keep);
  for (const group of bySource(snapshots.filter(({ isAutomatic }) => isAutomatic !== true))) {
    keepAlways(group, keep);
    const meant = group.filter(isMeant);
    keepByCount(meant, policy, keep);
    keepByCalendar(meant, policy, keep);
    keepByAge(meant, policy, keep);
    keepByTag(meant, policy, keep);
  }
  for (const snapshot of snapshots) if (snapshot.time === undefined) keep(snapshot, 'unreadable');
  return snapshots.map((snapshot) => ({ snapshot, reasons: reasons.get(snapshot.id) ?? [] }));
}

/** So many of the newest automatic snapshots are kept, and all that are at most so much older than the newest snapshot. */
const automaticLast = 5;
const automaticWithinMs = 30 * 24 * 3600 * 1000;

type Keep = (snapshot: RetainedSnapshot, reason: string) => void;
type Timed = RetainedSnapshot & { readonly time: string };

const counts = ['last', ...calendarRules, 'withinMs'] as const;

function checkPolicy(policy: RetentionPolicy): void {
  const given = counts.filter((rule) => policy[rule] !== undefined);
  const bad = given.find((rule) => !Number.isSafeInteger(policy[rule]) || Number(policy[rule]) < 1);
  if (bad !== undefined)
    throw new KlosetError('usage', `The rule "${bad}" of a retention policy must be 1 or more.`);
  if (given.length === 0 && (policy.tags ?? []).length === 0) {
    throw new KlosetError('usage', 'A retention policy without a rule would remove nearly everything.', {
      hint: 'Give at least one, for example --keep-daily 7.',
    });
  }
}

/** The readable snapshots of each source, newest first: of two runs at the same time that which `latest` means. */
function bySource(snapshots: readonly RetainedSnapshot[]): Timed[][] {
  const groups = new Map<string, Timed[]>();
  for (const snapshot of snapshots) {
    if (!hasTime(snapshot)) continue;
    const group = groups.get(snapshot.source) ?? [];
    groups.set(snapshot.source, group);
    group.push(snapshot);
  }
  const newestFirst = (left: Timed, right: Timed) =>
    left.place !== undefined && right.place !== undefined
      ? left.place - right.place
      : `${left.time} ${left.id}` < `${right.time} ${right.id}`
        ? 1
        : -1;
  return [...groups.values()].map((group) => group.sort(newestFirst));
}

function hasTime(snapshot: RetainedSnapshot): snapshot is Timed {
  return snapshot.time !== undefined && !Number.isNaN(Date.parse(snapshot.time));
}

function keepAlways(group: readonly Timed[], keep: Keep): void {
  const [newest] = group;
  const good = group.find(({ isGood }) => isGood);
  if (newest !== undefined) keep(newest, 'newest');
  if (good !== undefined && good !== newest) keep(good, 'newest good one');
  for (const snapshot of group) if (snapshot.isPinned) keep(snapshot, 'pinned');
}

/** Automatic snapshots are kept while they are among the newest of their kind or young, and as long as they are pinned. */
function keepAutomatic(snapshots: readonly RetainedSnapshot[], keep: Keep): void {
  const newestMs = newestOf(snapshots.filter(hasTime));
  const automatic = snapshots.filter(({ isAutomatic }) => isAutomatic === true).filter(hasTime);
  automatic.sort((left, right) => (left.time < right.time ? 1 : -1));
  for (const [at, snapshot] of automatic.entries()) {
    if (snapshot.isPinned) keep(snapshot, 'pinned');
    if (at < automaticLast) keep(snapshot, 'automatic, newest');
    else if (newestMs - Date.parse(snapshot.time) <= automaticWithinMs) keep(snapshot, 'automatic, recent');
  }
}

function newestOf(snapshots: readonly Timed[]): number {
  return snapshots.reduce((newest, { time }) => Math.max(newest, Date.parse(time)), Number.NEGATIVE_INFINITY);
}

function keepByCount(group: readonly Timed[], { last = 0 }: RetentionPolicy, keep: Keep): void {
  for (const snapshot of group.slice(0, last)) keep(snapshot, 'last');
}

const calendars = {
  minutely: (time: Date) => time.toISOString().slice(0, 16),
  hourly: (time: Date) => time.toISOString().slice(0, 13),
  daily: (time: Date) => time.toISOString().slice(0, 10),
  weekly: isoWeek,
  monthly: (time: Date) => time.toISOString().slice(0, 7),
  yearly: (time: Date) => time.toISOString().slice(0, 4),
} as const;

/** The newest good snapshots of a period stand for it; the newest at all when none is good. */
function keepByCalendar(group: readonly Timed[], policy: RetentionPolicy, keep: Keep): void {
  for (const rule of calendarRules) {
    const periods = new Map<string, Timed[]>();
    for (const snapshot of group) {
      const period = calendars[rule](new Date(snapshot.time));
      periods.set(period, [...(periods.get(period) ?? []), snapshot]);
    }
    // A Map keeps the order of first insertion: newest period first.
    for (const [period, within] of [...periods].slice(0, policy[rule] ?? 0)) {
      const goodFirst = [...within.filter(({ isGood }) => isGood), ...within.filter(({ isGood }) => !isGood)];
      for (const snapshot of goodFirst.slice(0, policy.perPeriod?.[rule] ?? 1))
        keep(snapshot, `${rule} ${period}`);
    }
  }
}

/** Counted from the newest, not from now: where backups stopped, time alone must not remove what there is. */
function keepByAge(group: readonly Timed[], { withinMs }: RetentionPolicy, keep: Keep): void {
  if (withinMs === undefined) return;
  const newestMs = newestOf(group);
  for (const snapshot of group) {
    if (newestMs - Date.parse(snapshot.time) <= withinMs) keep(snapshot, 'within');
  }
}

function keepByTag(group: readonly Timed[], { tags = [] }: RetentionPolicy, keep: Keep): void {
  for (const snapshot of group) {
    const tag = snapshot.tags.find((candidate) => tags.includes(candidate));
    if (tag !== undefined) keep(snapshot, `tag ${tag}`);
  }
}

/** ISO 8601 week: it belongs to the year of its Thursday. */
function isoWeek(time: Date): string {
  const weekday = (time.getUTCDay() + 6) % 7;
  const thursday = Date.UTC(time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate() - weekday + 3);
  const year = new Date(thursday).getUTCFullYear();
  const week = Math.floor((thursday - Date.UTC(year, 0, 1)) / (7 * 24 * 3600 * 1000)) + 1;
  return `${year}-W${String(week).padStart(2, '0')}`;
}
