/** A machine whose commands run in this process: a few times faster than a real one, and the same command line. */
import { main } from '../../src/cli/main.ts';
import type { Finished, RunOptions } from '../e2e/machine.ts';
import { hastyClock, keptPromises, Machine } from '../e2e/machine.ts';
import { fakeIo } from './fake-io.ts';

export class InProcessMachine extends Machine {
  constructor() {
    super({ folder: '', package: '', command: '' });
  }

  override async run(
    words: readonly string[],
    { env = {}, cwd = this.home, signal, isHasty = false }: RunOptions = {},
  ): Promise<Finished> {
    const io = {
      ...fakeIo({ ...this.env, ...env }, cwd),
      ...(signal === undefined ? {} : { signal }),
      ...(isHasty ? { clock: hastyClock() } : {}),
    };
    const code = await main([...words], io);
    return await keptPromises(words, {
      code,
      out: Buffer.from(io.out()),
      stdout: io.out(),
      stderr: io.err(),
    });
  }
}
