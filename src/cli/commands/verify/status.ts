/** `status`: the three promises in one line each: complete, restorable, genuine. */
import type { Command } from 'commander';
import { arrayAt, objectAt } from '../../../document/json.ts';
import { readJson } from '../../../operations/documents/read-document.ts';
import { fingerprint } from '../../../store/access/identity.ts';
import type { App } from '../../app/app.ts';
import { withReadableStore } from '../../session/store-session.ts';
import { formatDuration, formatTime, plural } from '../../text/format.ts';

/** Adds the command. */
export function registerStatus(program: Command, app: App): void {
  program
    .command('status')
    .description('say how things stand: how old the newest snapshot is, what it lacks, whether it is genuine')
    .action(() =>
      withReadableStore(app, async (store) => {
        const snapshots = await store.listSnapshots();
        const newest = snapshots.find(({ header, problem }) => header !== undefined && problem === undefined);
        if (newest?.header === undefined) {
          app.result({ snapshots: snapshots.length, latest: null }, [
            'There is no good snapshot yet. Run `notion-kloset backup`.',
          ]);
          app.finishedWith('not-found');
          return;
        }
        const { header } = newest;
        const manifest = await readJson(await store.openSnapshot(newest.id), '/manifest.json');
        const report = await store.check({ fast: true });
        const problems = report.findings.filter(({ severity }) => severity === 'error').length;
        const ageMs = app.io.clock.now() - Date.parse(header.time);
        const blind = arrayAt(objectAt(manifest, 'blind_spots'), 'always').length;
        app.result(
          {
            latest: newest.id,
            time: header.time,
            age_ms: ageMs,
            complete: header.complete,
            errors: header.errors,
            signer: header.signer,
            problems,
          },
          [
            `Newest snapshot: ${newest.id.slice(0, 8)} of ${formatTime(header.time)}, ${formatDuration(ageMs)} old; ${plural(snapshots.length, 'snapshot')} in all`,
            `Complete: ${header.complete ? `yes, but for ${plural(blind, 'kind')} of things the API does not give` : `no, ${plural(header.errors, 'object')} could not be read`} (\`info ${newest.id.slice(0, 8)}\` has the list)`,
            `Restorable: ${problems === 0 ? 'everything it needs is there (`check` reads every byte)' : `${plural(problems, 'problem')}: run \`check\``}`,
            `Genuine: signed by ${fingerprint(Buffer.from(header.signer, 'hex'))}, which this machine trusts`,
          ],
        );
        if (problems > 0) app.finishedWith('integrity');
        else if (!header.complete) app.finishedWith('incomplete');
      }),
    );
}
