/** Findings of a check: one finding for each object, with the paths it affects. */
import { isKlosetError, isUnreachable, KlosetError, messageOf } from '../../errors.ts';

/**
 * - damaged: bytes, authentication or signatures are wrong, or something is not where it must be
 * - missing: an object or blob that others name is not there
 * - unreachable: the storage could not be read now; nothing is known about the object
 * - leftover: harmless remains of interrupted work, or of a signer that was revoked
 * - stray: a file that is not part of a store
 */
export type FindingKind = 'damaged' | 'missing' | 'unreachable' | 'leftover' | 'stray';

export interface CheckFinding {
  /** Leftovers and strays are warnings: no data is in danger. */
  readonly severity: 'error' | 'warning';
  readonly kind: FindingKind;
  /** Name of the object in the backend, or `blob <id>`. */
  readonly object: string;
  /** One sentence. */
  readonly problem: string;
  /** Some of the paths that cannot be restored because of it, as `<snapshot>:<path>`. */
  readonly affects?: readonly string[];
}

/** Paths named for one finding; of each snapshot one is named in any case. */
const maxAffected = 100;

export class Findings {
  readonly #found = new Map<string, Omit<CheckFinding, 'affects'> & { readonly affects: Set<string> }>();
  /** `<object> <snapshot>` of every snapshot that is named for an object. */
  readonly #named = new Set<string>();

  /** The first error of an object is kept: later ones mostly follow from it. It takes the place of a warning. */
  add(kind: FindingKind, object: string, problem: string): void {
    const severity = kind === 'leftover' || kind === 'stray' ? 'warning' : 'error';
    const before = this.#found.get(object);
    if (before?.severity === 'error' || before?.severity === severity) return;
    this.#found.set(object, { severity, kind, object, problem, affects: before?.affects ?? new Set() });
  }

  /** Notes what reading `object` failed with. Anything but damage or an absence ends the check. */
  addError(object: string, error: unknown): void {
    this.add(kindOf(error), object, messageOf(error));
  }

  has(object: string): boolean {
    return this.#found.has(object);
  }

  /** Says that `path`, which is `<snapshot>:<path>`, cannot be restored because of what was found about `object`. */
  affect(object: string, path: string): void {
    const affects = this.#found.get(object)?.affects;
    const snapshot = `${object} ${path.slice(0, path.indexOf(':'))}`;
    if (affects === undefined || (affects.size >= maxAffected && this.#named.has(snapshot))) return;
    this.#named.add(snapshot);
    affects.add(path);
  }

  /** Errors first, in the order in which they were found. */
  list(): CheckFinding[] {
    const all = [...this.#found.values()].map(({ affects, ...finding }) =>
      affects.size === 0 ? finding : { ...finding, affects: [...affects] },
    );
    const errors = all.filter(({ severity }) => severity === 'error');
    return [...errors, ...all.filter(({ severity }) => severity === 'warning')];
  }
}

function kindOf(error: unknown): FindingKind {
  if (isKlosetError(error, 'not-found')) return 'missing';
  if (isUnreachable(error)) return 'unreachable';
  if (error instanceof KlosetError) return 'damaged';
  throw error;
}
