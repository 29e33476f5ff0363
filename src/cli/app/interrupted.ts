/** Waiting for Ctrl-C, for commands that go on until then. */
import type { Io } from './io.ts';

/** Resolves when the person or the system asks this program to stop, also when that was before. */
export function interrupted({ signal }: Io): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
