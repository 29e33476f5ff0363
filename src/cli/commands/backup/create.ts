/** `create`: creates an empty store. */
import type { Command } from 'commander';
import { maxKeptDays } from '../../../backend/object-lock.ts';
import { KlosetError } from '../../../errors.ts';
import { takesTurns } from '../../../operations/stores/takes-turns.ts';
import type { App } from '../../app/app.ts';
import { teach } from '../../help/teach.ts';
import { createNamedStore, requireNoFile, requireOneStore, storeAt } from '../../session/store-session.ts';
import { plural } from '../../text/format.ts';
import { parseDuration } from '../../text/parse.ts';

const dayMs = 24 * 3600_000;

interface CreateWords {
  readonly replace?: boolean;
  readonly weakPassphrase?: boolean;
  readonly objectLock?: string;
}

/** Adds the command. */
export function registerCreate(program: Command, app: App): void {
  const command = program
    .command('create [store]')
    .description('create a new, empty, encrypted store')
    .option('--replace', 'begin a new store where this machine remembers one that is lost')
    .option('--weak-passphrase', 'take a passphrase that is easy to guess')
    .option('--object-lock <duration>', 'let the bucket keep every object for so long, from everybody (30d)')
    .action(async (word: string | undefined, flags: CreateWords) => {
      requireOneStore(app, word);
      requireNoFile(app, word ?? undefined);
      const objectLockDays = daysOf(flags.objectLock);
      const store = await storeAt(app, word ?? undefined);
      await createNamedStore(app, store, {
        replaces: flags.replace === true,
        weakPassphrase: flags.weakPassphrase === true,
        objectLockDays,
      });
      if (store.backend.refusesToOverwrite === false) app.warn(takesTurns);
      const kept = objectLockDays === undefined ? {} : { object_lock_days: objectLockDays };
      app.result({ store: store.location, created: true, ...kept }, [
        `created store ${store.location}`,
        ...(objectLockDays === undefined ? [] : [keptLine(objectLockDays)]),
      ]);
    });
  teach(command, {
    examples: ['create --replace', 'at s3://my-bucket/locked create --object-lock 30d'],
    errors: ['integrity', 'unavailable', 'temporary', 'credentials'],
  });
}

/** Whole days; undefined where none are asked for. @throws KlosetError `usage` */
function daysOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const days = parseDuration(text, '--object-lock', dayMs) / dayMs;
  if (Number.isInteger(days) && days <= maxKeptDays) return days;
  throw new KlosetError('usage', `--object-lock takes whole days, ${maxKeptDays} at most, not "${text}".`, {
    hint: 'Write it like 30d.',
  });
}

function keptLine(days: number): string {
  const renewal = Math.max(1, Math.floor(days / 2));
  return `The bucket keeps each object for ${plural(days, 'day')}; \`maintenance --apply\` at least every ${plural(renewal, 'day')} keeps on what is needed.`;
}
