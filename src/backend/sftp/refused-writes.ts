/** A write that a server refused: what its disk says about itself tells a full one from a failing one. */
import { KlosetError } from '../../errors.ts';
import type { Space } from './packets.ts';
import { statusCodes } from './packets.ts';
import { SftpStatus } from './ssh-errors.ts';

/** A disk with less room counts as full: folders, and blocks that its system keeps back, take some. */
const minRoomBytes = 1024 ** 2;

export interface RefusedWrite {
  readonly location: string;
  /** Of the object; 0 where that is not known. */
  readonly neededBytes: number;
  /** True when the bytes were written, and the file was not given its name. */
  readonly isWritten: boolean;
  /** Asked while what was written still takes its room; undefined where the server does not tell. */
  readonly space: Space | undefined;
}

/** True for a refusal that a full disk can be the reason of: version 3 of SFTP has no code for it, though some servers use later ones. */
export function isRefusedWrite(error: unknown): error is SftpStatus {
  const { failure, noSpace, quotaExceeded } = statusCodes;
  return (
    error instanceof SftpStatus && [failure, noSpace, quotaExceeded].some((code) => code === error.status)
  );
}

/** The refusal as an error for people; as it is where it has nothing to do with room. */
export function refusedWrite(error: SftpStatus, refused: RefusedWrite): Error {
  const { location, neededBytes, isWritten, space } = refused;
  const temporary = (problem: string, hint: string) =>
    new KlosetError('temporary', `${location}: ${problem}.`, { hint, cause: error });
  if (space?.isReadOnly === true)
    return new KlosetError('unavailable', `${location} lies on a read-only file system of the server.`, {
      hint: 'A failing disk often becomes read-only: look at the logs of the server.',
      cause: error,
    });
  if (error.status === statusCodes.quotaExceeded)
    return temporary('the quota on the server is used up', `Have it raised, or make room: ${makeRoom}`);
  if (error.status === statusCodes.noSpace || isFull(space, neededBytes))
    return neededBytes < minRoomBytes
      ? temporary('the disk of the server is full', needsOtherRoom)
      : temporary(
          `the disk of the server is full: it has no room for ${Math.ceil(neededBytes / 1024 ** 2)} MiB more`,
          `Make room there: ${makeRoom}`,
        );
  if (isWritten) return error;
  if (space === undefined)
    return temporary(
      'the server could not write; its disk or a quota may be full',
      `Make room there: ${makeRoom}`,
    );
  return temporary(
    'the server could not write, though its disk has room; a quota may be used up, or the disk failing',
    'Ask the administrator of the server, and run the same command again.',
  );
}

const makeRoom =
  'remove other files, or snapshots with `prune --apply` and then `maintenance --apply --grace 0s`; then run the same command again.';

const needsOtherRoom =
  'Remove other files there and run the same command again; `prune` and `maintenance` need a little room themselves.';

function isFull(space: Space | undefined, neededBytes: number): boolean {
  if (space === undefined) return false;
  return space.freeBytes < Math.max(neededBytes, minRoomBytes) || space.freeFiles === 0;
}
