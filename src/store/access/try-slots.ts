/**
 * Tries the slots of a store with one secret. Slots come from a place that an attacker may write, so all derivations of
 * one opening together have a budget: thirty-two slots that each stay in bounds must not keep anybody waiting for minutes.
 */
import { KlosetError } from '../../errors.ts';
import { hasNativeArgon2 } from '../crypto/primitives.ts';
import type { ParsedKeySlot, Secret } from '../format/key-slot.ts';
import { defaultCost, maxSlots, openKeySlot, workOf } from '../format/key-slot.ts';

/** A slot and the master key that was in it. */
export interface OpenedSlot {
  readonly slot: ParsedKeySlot;
  readonly masterKey: Uint8Array;
}

export interface TrialOptions {
  /** Id of the slot that opened on this machine before: it is tried first. */
  readonly first?: string | undefined;
  /** Memory times iterations of all derivations together, in KiB. */
  readonly budgetKiB?: number;
  /** Derives the key and opens one slot; a test counts. */
  readonly open?: typeof openKeySlot;
}

/**
 * The work that one opening may cost, in KiB of memory times iterations. With native code every slot of a full store at
 * the default cost; without it, where the same takes five times as long, about six of them.
 */
const defaultBudgetKiB = hasNativeArgon2
  ? maxSlots * workOf({ cost: defaultCost })
  : 6 * workOf({ cost: defaultCost });

/**
 * The first of `slots` that `secret` opens: the one that opened here before, then the cheapest ones first, so that
 * expensive ones keep nobody out; undefined when none does. Slots of other kinds are passed over.
 * @throws KlosetError credentials when some were not tried because the budget is spent
 */
export async function tryKeySlots(
  slots: readonly ParsedKeySlot[],
  secret: Secret,
  { first, budgetKiB = defaultBudgetKiB, open = openKeySlot }: TrialOptions = {},
): Promise<OpenedSlot | undefined> {
  const rank = (slot: ParsedKeySlot) => (slot.id === first ? -1 : workOf(slot));
  const candidates = slots
    .filter(({ kind }) => kind === secret.kind)
    .sort((left, right) => rank(left) - rank(right));
  let leftKiB = budgetKiB;
  for (const [tried, slot] of candidates.entries()) {
    leftKiB -= workOf(slot);
    if (tried > 0 && leftKiB < 0) throw budgetSpent(tried, candidates.length - tried);
    const masterKey = await open(slot, secret);
    if (masterKey !== undefined) return { slot, masterKey };
  }
  return undefined;
}

/** `tried` is the number of slots of the secret's kind. */
export function nothingOpens({ kind }: Secret, tried: number): KlosetError {
  const name = { passphrase: 'passphrase', 'key-file': 'key file', 'recovery-kit': 'recovery kit' }[kind];
  if (tried === 0) return new KlosetError('credentials', `No key slot of this store takes a ${name}.`);
  return new KlosetError('credentials', `This ${name} does not open the store.`);
}

function budgetSpent(tried: number, left: number): KlosetError {
  return new KlosetError(
    'credentials',
    `This passphrase opens none of the key slots that were tried (${tried} of ${tried + left}); to try all of them would take too long.`,
    {
      hint: `Open the store with a key file or a recovery kit and remove unused key slots${hasNativeArgon2 ? '' : ', or use Node.js 24.7 or newer, which tries more of them'}.`,
    },
  );
}
