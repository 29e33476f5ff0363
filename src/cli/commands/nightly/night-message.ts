/** The one message about a night: how it ended, since when there is a good backup, what to do. */
import { hostname } from 'node:os';
import { isKlosetError } from '../../../errors.ts';
import { knownSnapshots } from '../../../operations/look/known-snapshots.ts';
import { stateOf } from '../../../operations/nightly/night-steps.ts';
import type { NightReport } from '../../../operations/nightly/run-night.ts';
import type { RunMessage, RunState } from '../../../operations/notify/message.ts';
import { withReadableStore } from '../../../operations/stores/open-store.ts';
import type { App } from '../../app/app.ts';
import { jobOf } from '../../session/job.ts';
import type { NamedStore } from '../../session/store-session.ts';
import { formatDuration, formatTime } from '../../text/format.ts';

const endings: { readonly [state in RunState]: string } = {
  success: 'succeeded',
  incomplete: 'left something out',
  alarm: 'raised an alarm: far less is visible in Notion than before',
  failure: 'failed',
};

/** The message; of a night that did not go well it tells how old the newest good backup is. */
export async function messageOfNight(
  app: App,
  store: NamedStore,
  { steps, backup }: NightReport,
  exitCode: number,
): Promise<RunMessage> {
  const state = stateOf(steps);
  const worst = steps.find((each) => each.state === worstOf(state));
  const name = backup?.snapshot.header?.name;
  const subject = name === undefined || name === '' ? 'The backup run' : `The backup run of ${name}`;
  const where = worst === undefined || worst.step === 'backup' ? '' : ` (${worst.step})`;
  const lines = steps.filter((each) => each.state !== 'skipped').map(({ step, text }) => `${step}: ${text}`);
  const todo = steps.find((each) => each.todo !== undefined && each.state === worstOf(state))?.todo;
  return {
    state,
    title: `${subject} on ${hostname()} ${endings[state]}${where}`,
    lines: state === 'success' ? lines : [...lines, await goodBackupLine(app, store)],
    ...(todo === undefined ? {} : { todo }),
    time: new Date(app.io.clock.now()).toISOString(),
    host: hostname(),
    store: store.location,
    ...(backup === undefined ? {} : { snapshot: backup.snapshot.id }),
    exitCode,
  };
}

function worstOf(state: RunState): string {
  return { success: 'none', incomplete: 'incomplete', alarm: 'alarm', failure: 'failed' }[state];
}

async function goodBackupLine(app: App, store: NamedStore): Promise<string> {
  try {
    const snapshots = await withReadableStore(jobOf(app), store, knownSnapshots);
    const good = snapshots.find(({ isGood, isAutomatic }) => isGood && !isAutomatic);
    if (good?.header === undefined) return 'There is no good backup in the store.';
    const ageMs = app.io.clock.now() - Date.parse(good.header.time);
    return `The newest good backup is ${good.id.slice(0, 8)} of ${formatTime(good.header.time)}, ${formatDuration(ageMs)} old.`;
  } catch (error) {
    if (!isKlosetError(error) || error.code === 'internal') throw error;
    return `The age of the newest good backup is not known: ${error.message}`;
  }
}
