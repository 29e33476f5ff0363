/** The named differences that a person accepts for one opening of a store; each is told with its old and its new state. */

export interface Acceptances {
  /** Public keys (64 hex digits) that may sign from now on. */
  readonly signers?: readonly string[];
  /** Snapshots that this machine has seen and that are gone. */
  readonly loss?: boolean;
  /** A changed CONFIG, or key slots of an earlier state. */
  readonly config?: boolean;
  /** Another store at a known place. */
  readonly place?: boolean;
}

/** Told of each difference that was accepted, as a sentence. */
export type TellAccepted = (sentence: string) => void;
