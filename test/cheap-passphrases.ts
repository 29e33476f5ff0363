/**
 * In tests a new passphrase costs the minimum that the program accepts: where Node has no Argon2id of its own, one
 * derivation at the cost that people get takes a second. A process that creates a slot pays that in full.
 */
// What a reader spends at most on slots is decided as this loads: by the cost that people get.
import '../src/store/access/try-slots.ts';
import { defaultCost, minCost } from '../src/store/format/key-slot.ts';

/** The cost that people get. */
export const programCost = { ...defaultCost };

Object.assign(defaultCost, minCost);
