/** A machine on which nights pass in milliseconds: its clock and Notion's are one, and every command runs in this process. */
import { setMaxListeners } from 'node:events';
import { main } from '../../../src/cli/main.ts';
import type { JsonObject } from '../../../src/document/json.ts';
import { VirtualClock } from '../../../src/simulator/conditions/clock.ts';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import type { Simulator, SimulatorOptions } from '../../../src/simulator/server.ts';
import { startSimulator } from '../../../src/simulator/server.ts';
import type { Finished } from '../../e2e/machine.ts';
import { keptPromises, Machine } from '../../e2e/machine.ts';
import { fakeIo } from '../fake-io.ts';

export const dayMs = 86_400_000;

export class NightMachine extends Machine {
  readonly clock: VirtualClock;
  readonly #simulators: Simulator[] = [];

  constructor(clock = new VirtualClock({ start: Date.UTC(2026, 0, 1, 3) })) {
    super({ folder: '', package: '', command: '' });
    this.clock = clock;
  }

  /** A Notion on this machine's clock. */
  async notion(options: SimulatorOptions = {}): Promise<Simulator> {
    const simulator = await startSimulator({
      state: sampleWorkspace({ small: true }),
      clock: this.clock,
      ...options,
    });
    this.#simulators.push(simulator);
    return simulator;
  }

  override async run(words: readonly string[], { env = {}, cwd = this.home } = {}): Promise<Finished> {
    const { signal } = new AbortController();
    setMaxListeners(0, signal);
    const io = { ...fakeIo({ ...this.env, ...env }, cwd), clock: this.clock, signal };
    const code = await main([...words], io);
    return await keptPromises(words, {
      code,
      out: Buffer.from(io.out()),
      stdout: io.out(),
      stderr: io.err(),
    });
  }

  /** Runs a command of the store, and gives its JSON with its exit code. */
  async json(words: readonly string[]): Promise<{ code: number; json: JsonObject; stderr: string }> {
    const { code, stdout, stderr } = await this.at([...words, '--json']);
    return { code, json: JSON.parse(stdout), stderr };
  }

  /** Lets a day pass. */
  sleepADay(): void {
    this.clock.advance(dayMs);
  }

  async close(): Promise<void> {
    for (const simulator of this.#simulators) await simulator.close();
    this.dispose();
  }
}
