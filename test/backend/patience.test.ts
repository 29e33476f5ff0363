import { expect, test } from 'vitest';
import { maxAttempts, withPatience } from '../../src/backend/remote/patience.ts';
import { HastyClock } from '../notion/virtual-clock.ts';

const isTemporary = () => true;

/** How often work is tried that always fails, each time after `takesMs`. */
async function attemptsOf(isInterrupted: boolean, takesMs: number): Promise<number> {
  const clock = new HastyClock();
  const stop = new AbortController();
  if (isInterrupted) stop.abort(new Error('interrupted'));
  let attempts = 0;
  const failing = withPatience({ clock, signal: stop.signal }, isTemporary, async () => {
    attempts += 1;
    await clock.sleep(takesMs);
    throw new Error('the connection was cut');
  });
  await expect(failing).rejects.toThrow('the connection was cut');
  return attempts;
}

test('what fails for a while is repeated, after an interrupt only a few times and not for long', async () => {
  expect(await attemptsOf(false, 10)).toBe(maxAttempts);
  expect(await attemptsOf(false, 60_000)).toBe(maxAttempts);
  expect(await attemptsOf(true, 10)).toBe(3);
  expect(await attemptsOf(true, 60_000)).toBe(1);
});

test('an interrupt ends the repeats of what began before it', async () => {
  const stop = new AbortController();
  let attempts = 0;
  const failing = withPatience({ clock: new HastyClock(), signal: stop.signal }, isTemporary, async () => {
    attempts += 1;
    stop.abort(new Error('interrupted'));
    throw new Error('the connection was cut');
  });
  await expect(failing).rejects.toThrow('interrupted');
  expect(attempts).toBe(1);
});
