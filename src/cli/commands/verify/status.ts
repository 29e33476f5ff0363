/** `status`: three promises in one line each: complete, restorable, genuine. */
import type { Command } from 'commander';
import type { LatestSnapshot } from '../../../operations/verify/status.ts';
import { statusOf } from '../../../operations/verify/status.ts';
import type { App } from '../../app/app.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import { jobOf } from '../../session/job.ts';
import { withReadableStore } from '../../session/store-session.ts';
import { formatDuration, formatTime, plural } from '../../text/format.ts';

/** Adds the command. */
export function registerStatus(program: Command, app: App): void {
  const command = program
    .command('status')
    .description('show whether the last backup is recent, complete and valid')
    .action(() =>
      withReadableStore(app, async (store) => {
        const { snapshots, latest } = await statusOf(jobOf(app), store);
        if (latest !== undefined) return print(app, latest, snapshots);
        app.result({ snapshots, latest: null }, [
          'There is no good snapshot yet. Run `notion-kloset backup`.',
        ]);
        app.finishedWith('not-found');
      }),
    );
  teach(command, {
    examples: ['status', 'at "@disk" status --json'],
    errors: ['incomplete', ...storeErrors],
  });
}

function print(app: App, latest: LatestSnapshot, snapshots: number): void {
  const { id, header, ageMs, problems } = latest;
  const { time, complete, errors, signer } = header;
  app.result(
    { latest: id, time, age_ms: ageMs, complete, errors, signer, problems },
    lines(latest, snapshots),
  );
  if (problems > 0) app.finishedWith('integrity');
  else if (!complete) app.finishedWith('incomplete');
}

function lines(
  { id, header, ageMs, blindSpots, problems, signer }: LatestSnapshot,
  snapshots: number,
): string[] {
  const short = id.slice(0, 8);
  return [
    `Newest snapshot: ${short} of ${formatTime(header.time)}, ${formatDuration(ageMs)} old; ${plural(snapshots, 'snapshot')} in total`,
    `Complete: ${header.complete ? `yes, except ${plural(blindSpots, 'kind')} of content that the API does not give` : `no, ${plural(header.errors, 'object')} could not be read`} (\`notion-kloset info ${short}\` lists them)`,
    `Restorable: ${problems === 0 ? 'yes, all its data is present (`notion-kloset check` reads every byte)' : `no, ${plural(problems, 'problem')} found: run \`notion-kloset check\``}`,
    `Genuine: yes, signed by ${signer}, which this machine trusts`,
  ];
}
