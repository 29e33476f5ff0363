/** Both directions of the connections to one place. */
import type { RateLimits } from '../../pace.ts';
import { Pace } from '../../pace.ts';
import type { Patience } from './patience.ts';

/** Told of the bytes of objects as they move; repeats count again. */
export interface Traffic {
  sent(bytes: number): void;
  received(bytes: number): void;
}

/** The parts that connections to one place share. */
export interface Paces {
  readonly upload?: Pace;
  readonly download?: Pace;
  readonly traffic?: Traffic;
}

export function pacesOf(
  patience: Patience,
  { uploadBytes, downloadBytes }: RateLimits,
  traffic?: Traffic,
): Paces {
  return {
    ...(traffic === undefined ? {} : { traffic }),
    ...(uploadBytes === undefined ? {} : { upload: new Pace(patience, uploadBytes) }),
    ...(downloadBytes === undefined ? {} : { download: new Pace(patience, downloadBytes) }),
  };
}
