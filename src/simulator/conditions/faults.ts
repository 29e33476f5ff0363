/** Faults, drawn by their rates from one seed, or scripted for certain requests. Off by default: tests switch on what they mean. */
import type { Random } from '../workspace/random.ts';
import { hashText, seededRandom } from '../workspace/random.ts';
import type { FaultRates } from './fault-rates.ts';
import { noFaults } from './fault-rates.ts';
import type { ScriptedAnswer, ScriptedFault } from './scripted-faults.ts';
import { nextScripted } from './scripted-faults.ts';

export type { FaultRates } from './fault-rates.ts';

/** The faults of one simulator; `rates` and `script` may be changed while it runs. */
export interface Faults {
  readonly rates: FaultRates;
  /** Faults for requests named by their address; they come before those drawn by rate. */
  readonly script: ScriptedFault[];
  readonly random: Random;
  /** Draws one fault; counts it in `counts` when it strikes. */
  strikes(fault: keyof FaultRates): boolean;
  /** True for the share of ids the rate says, once for each with `oddOnce`; counts it in `counts`. */
  strikesAt(fault: keyof FaultRates, id: string): boolean;
  /** The scripted answer to a request, used up when it has its number of times. */
  scripted(method: string, address: string): ScriptedAnswer | undefined;
  /** Number of 429s of a burst still to come. */
  burstLeft: number;
  /** Number of times each fault has struck. */
  readonly counts: Map<keyof FaultRates, number>;
}

export function createFaults(rates: Partial<FaultRates> = {}, seed = 1): Faults {
  const random = seededRandom(seed);
  const current: FaultRates = { ...noFaults, ...rates };
  const counts = new Map<keyof FaultRates, number>();
  const script: ScriptedFault[] = [];
  const struck = new Set<string>();
  const count = (fault: keyof FaultRates) => counts.set(fault, (counts.get(fault) ?? 0) + 1);
  return {
    rates: current,
    script,
    random,
    counts,
    burstLeft: 0,
    strikes(fault) {
      const hit = random.chance(current[fault]);
      if (hit) count(fault);
      return hit;
    },
    strikesAt(fault, id) {
      const key = `${fault}:${id}`;
      if (!isChosenId(current, fault, id) || (current.oddOnce > 0 && struck.has(key))) return false;
      struck.add(key);
      count(fault);
      return true;
    },
    scripted: (method, address) => nextScripted(script, method, address),
  };
}

/** True for the share of ids the fault's rate says: always the same ids, whatever the order of requests. */
export function isChosenId(rates: FaultRates, fault: keyof FaultRates, id: string): boolean {
  const rate = rates[fault];
  return rate > 0 && hashText(`${fault}:${id}`) / 4_294_967_296 < rate;
}
