import { describe, expect, it } from 'vitest';
import { documentedBudget, RequestBudget } from '../../../src/notion/api/request-budget.ts';

const minute = 60_000;

/** Sends as many requests as fit at `now`; each is answered 100 ms later. Returns how many. */
function spend(budget: RequestBudget, now: number, most = 10_000): number {
  let sent = 0;
  while (sent < most && budget.freeAt(now) <= now) {
    budget.done(budget.send(now), now + 100);
    sent += 1;
  }
  return sent;
}

describe('the request budget', () => {
  it('lets 180 requests go at once and the next one a minute after the first was received', () => {
    const budget = new RequestBudget(documentedBudget);
    expect(spend(budget, 0)).toBe(180);
    expect(budget.freeAt(0)).toBe(minute + 100);
    expect(budget.freeAt(minute)).toBe(minute + 100);
    expect(budget.freeAt(minute + 100)).toBe(minute + 100);
  });

  it('counts a request without an answer as received a second and a half after it was sent', () => {
    const budget = new RequestBudget({ kind: 'fixed', perMinute: 1 });
    budget.send(0);
    expect(budget.freeAt(30_000)).toBe(minute + 1_500);
  });

  it('grows by half after each full minute without a refusal, up to the Business budget', () => {
    const budget = new RequestBudget(documentedBudget);
    const limits = [];
    for (let turn = 0; turn < 6; turn += 1) {
      spend(budget, turn * 2 * minute);
      limits.push(budget.perMinute);
    }
    expect(limits).toEqual([180, 270, 405, 600, 600, 600]);
  });

  it('does not grow while the requests at hand did not fill it', () => {
    const budget = new RequestBudget(documentedBudget);
    for (let turn = 0; turn < 10; turn += 1) spend(budget, turn * minute, 80);
    expect(budget.perMinute).toBe(180);
  });

  it('sends requests beyond the proven number alone, and trusts more after each that was accepted', () => {
    const budget = new RequestBudget(documentedBudget);
    spend(budget, 0);
    const later = 2 * minute;
    expect(spend(budget, later, 180)).toBe(180);
    const isProbe = [];
    for (let count = 0; count < 10; count += 1) {
      isProbe.push(budget.isProbe(later));
      budget.done(budget.send(later), later + 100);
    }
    // One after the first trial, two after the second: 0, 1, 2 … pass untried between trials.
    expect(isProbe).toEqual([true, true, false, true, false, false, true, false, false, false]);
  });

  it('lets nothing go beside a trial that is in flight', () => {
    const budget = new RequestBudget({ ...documentedBudget, minPerMinute: 2 });
    spend(budget, 0);
    spend(budget, 2 * minute, 2);
    const trial = budget.send(2 * minute);
    expect(budget.isProbe(4 * minute)).toBe(true);
    budget.done(trial, 4 * minute);
    expect(budget.isProbe(4 * minute)).toBe(false);
  });

  it('goes back to what was accepted when a trial is refused, and rests before the next trial', () => {
    const budget = new RequestBudget(documentedBudget);
    spend(budget, 0);
    spend(budget, 2 * minute, 200);
    const trial = budget.send(2 * minute + 500);
    budget.refused(trial, 2 * minute + 600);
    expect(budget.perMinute).toBe(200);
    for (let turn = 3; turn < 15; turn += 1) spend(budget, turn * minute + 1_000);
    expect(budget.perMinute).toBe(200);
    for (let turn = 19; turn < 23; turn += 1) spend(budget, turn * minute);
    expect(budget.perMinute).toBeGreaterThan(200);
  });

  it('keeps the documented least after a refusal that came too early', () => {
    const budget = new RequestBudget(documentedBudget);
    spend(budget, 0, 5);
    budget.refused(budget.send(200), 300);
    expect(budget.perMinute).toBe(180);
  });

  it('recovers within minutes from a refusal far below the proven number', () => {
    const budget = new RequestBudget(documentedBudget);
    for (let turn = 0; turn < 5; turn += 1) spend(budget, turn * 2 * minute);
    expect(budget.perMinute).toBe(600);
    const later = 20 * minute;
    spend(budget, later, 10);
    budget.refused(budget.send(later + 200), later + 300);
    expect(budget.perMinute).toBe(180);
    for (let turn = 0; turn < 5; turn += 1) spend(budget, later + (turn + 1) * 2 * minute);
    expect(budget.perMinute).toBe(600);
  });

  it('never changes a number the user gave', () => {
    const budget = new RequestBudget({ kind: 'fixed', perMinute: 50 });
    for (let turn = 0; turn < 5; turn += 1) spend(budget, turn * 2 * minute);
    budget.refused(budget.send(20 * minute), 20 * minute + 1);
    expect(budget.perMinute).toBe(50);
  });

  it('learns an unknown budget from two refusals after the same number of requests', () => {
    const budget = new RequestBudget({ kind: 'unknown' });
    for (const start of [0, 61_000]) {
      spend(budget, start, 120);
      budget.refused(budget.send(start + 200), start + 300);
    }
    expect(budget.perMinute).toBe(120);
  });

  it('does not learn an unknown budget from refusals that follow no rule', () => {
    const budget = new RequestBudget({ kind: 'unknown' });
    let now = 0;
    for (const count of [20, 3, 35, 1, 1, 60, 22]) {
      spend(budget, now, count);
      budget.refused(budget.send(now + 1), now + 2);
      now += 1_000;
    }
    expect(budget.perMinute).toBe(Number.POSITIVE_INFINITY);
  });

  it('takes refusals of requests that were in flight together as one refusal', () => {
    const budget = new RequestBudget({ kind: 'unknown' });
    spend(budget, 0, 120);
    const together = [budget.send(200), budget.send(200), budget.send(200)];
    for (const request of together) budget.refused(request, 300);
    expect(budget.perMinute).toBe(Number.POSITIVE_INFINITY);
  });
});
