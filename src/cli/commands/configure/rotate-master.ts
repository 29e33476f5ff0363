/** `key rotate-master`: gives the store a new master key. */
import type { Command } from 'commander';
import { rotateElsewhere } from '../../../operations/keep/rotate-elsewhere.ts';
import type { MasterRotation } from '../../../operations/keep/rotate-master.ts';
import { rotateMaster } from '../../../operations/keep/rotate-master.ts';
import type { App } from '../../app/app.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import { confirm } from '../../session/confirm.ts';
import { jobOf } from '../../session/job.ts';
import { otherStoreAt } from '../../session/other-store.ts';
import { storeAt } from '../../session/store-session.ts';
import { plural } from '../../text/format.ts';

/** Adds the command to the group `key`. */
export function registerRotateMaster(group: Command, app: App): void {
  const command = group
    .command('rotate-master')
    .description('seal everything again under a new master key, which no earlier secret opens')
    .option(
      '--to <store>',
      'create the store with the new key at this address, and leave the old one as it is',
    )
    .option('--yes', 'do not ask')
    .action((flags: Flags) => run(app, flags));
  teach(command, {
    examples: ['key rotate-master', 'at "@far" key rotate-master --to s3://my-bucket/notion-2'],
    errors: storeErrors,
  });
}

interface Flags {
  readonly yes?: boolean;
  readonly to?: string;
}

async function run(app: App, flags: Flags): Promise<void> {
  const store = await storeAt(app);
  const target = flags.to === undefined ? undefined : await otherStoreAt(app, flags.to, {});
  const where = target === undefined ? 'beside it' : `into ${target.location}`;
  app.line(
    `Every byte of ${store.location} is read and sealed again ${where}: that takes as much room again. Only the secret you give now opens the new store.`,
  );
  await confirm(app, flags, 'Rotating the master key');
  const rotation =
    target === undefined
      ? await rotateMaster(jobOf(app), store)
      : await rotateElsewhere(jobOf(app), store, {
          ...target,
          unlock: target.secret === undefined ? store.unlock : target.unlock,
        });
  const { location, oldLocation, storeId, snapshots, lostSlots } = rotation;
  app.result({ store: location, id: storeId, snapshots, old_store: oldLocation, lost_slots: lostSlots }, [
    `key: ${location} has a new master key; ${plural(snapshots, 'snapshot')} sealed again`,
    `The old store is at ${oldLocation}. Delete it, and every copy of it, when you need it no more: the old secrets open it.`,
    ...(target === undefined ? [] : ['Use the new address from now on, in the settings of every machine.']),
    ...slotLines(rotation),
    ...(target === undefined
      ? ['Other machines refuse the new store until they are told once: --accept-place.']
      : []),
  ]);
}

function slotLines({ lostSlots }: MasterRotation): string[] {
  if (lostSlots.length === 0) return [];
  return [
    'These do not open the new store; add them again with `key add`:',
    ...lostSlots.map((slot) => `  ${slot}`),
  ];
}
