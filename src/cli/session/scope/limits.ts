/** Limits of what a connection sends: requests per hour, and hours in which it sends none. */
import type { QuietHours } from '../../../notion/api/quiet-hours.ts';
import { parseQuietHours } from '../../../notion/api/quiet-hours.ts';
import { parseCount } from '../../text/parse.ts';

export interface NotionLimits {
  readonly requestsPerHour?: number | undefined;
  readonly quietHours?: QuietHours | undefined;
}

export interface GivenLimits {
  readonly requestsPerHour?: string | undefined;
  readonly quietHours?: string | undefined;
}

/** @param names of the options, for messages. @throws KlosetError `usage` */
export function limitsOf(
  { requestsPerHour, quietHours }: GivenLimits,
  names: { readonly requestsPerHour: string; readonly quietHours: string },
): NotionLimits {
  return {
    requestsPerHour:
      requestsPerHour === undefined ? undefined : parseCount(requestsPerHour, names.requestsPerHour, 1),
    quietHours:
      quietHours === undefined || quietHours === 'none'
        ? undefined
        : parseQuietHours(quietHours, names.quietHours),
  };
}
