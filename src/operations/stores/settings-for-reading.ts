/**
 * The settings of this machine for a command that only reads: what cannot be written down is told and forgotten, so that
 * a store can be read where the home folder cannot be written.
 */
import type { Backend } from '../../backend/backend.ts';
import { KlosetError } from '../../errors.ts';
import type { JobContext } from '../job-context.ts';

/** Settings that read as those of the job, and whose writes may fail. */
export function settingsForReading({ settings, monitor }: Pick<JobContext, 'settings' | 'monitor'>): Backend {
  let isTold = false;
  const orTell = async (write: Promise<void>): Promise<void> => {
    try {
      await write;
    } catch (error) {
      // Anything but a place that refuses (a name taken by other bytes, say) is a failure like any other.
      if (!(error instanceof KlosetError) || !['unavailable', 'temporary'].includes(error.code)) throw error;
      if (isTold) return;
      isTold = true;
      const message = `This machine cannot remember the state of the store, so a later change or rollback of it may go unnoticed: ${error.message}`;
      monitor.report({ type: 'warning', message });
    }
  };
  return {
    location: settings.location,
    read: (name, range) => settings.read(name, range),
    size: (name) => settings.size(name),
    list: (prefix) => settings.list(prefix),
    create: (name, bytes) => orTell(settings.create(name, bytes)),
    replace: (name, bytes) => orTell(settings.replace(name, bytes)),
    remove: (name) => orTell(settings.remove(name)),
  };
}
