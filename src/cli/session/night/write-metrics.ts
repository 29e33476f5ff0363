/** Writes the figures of a store for Prometheus. */
import { chmodSync, renameSync, writeFileSync } from 'node:fs';
import { KlosetError, messageOf } from '../../../errors.ts';
import type { NightStep } from '../../../operations/nightly/night-steps.ts';
import type { Metric } from '../../../operations/nightly/prometheus.ts';
import { prometheusText } from '../../../operations/nightly/prometheus.ts';
import type { StoreStatus } from '../../../operations/status/status.ts';
import { statusOf } from '../../../operations/status/status.ts';
import { withReadableStore } from '../../../operations/stores/open-store.ts';
import type { App } from '../../app/app.ts';
import { expandPath } from '../../app/folders.ts';
import { jobOf } from '../job.ts';
import type { NamedStore } from '../store-session.ts';

/** Reads the store and writes the file. A store that cannot be read leaves the figures of the run alone in it. */
export async function writeMetricsOf(
  app: App,
  store: NamedStore,
  path: string,
  steps: readonly NightStep[],
): Promise<void> {
  const job = jobOf(app);
  const status = await withReadableStore(job, store, (opened) => statusOf(job, opened)).catch(
    () => undefined,
  );
  const run: Metric[] = [
    { name: 'run_end_time_seconds', help: 'End of the last run.', value: app.io.clock.now() / 1000 },
    ...steps.map(({ step, state }) => ({
      name: 'run_step_failed',
      help: '1 for a step of the last run that failed.',
      labels: { step },
      value: state === 'failed' ? 1 : 0,
    })),
  ];
  writeMetrics(app, path, [...run, ...(status === undefined ? [] : metricsOf(status))]);
}

/** The figures of a store. */
export function metricsOf({ snapshots, sources, problems, checks }: StoreStatus): Metric[] {
  const { last, damage } = checks;
  return [
    { name: 'snapshots', help: 'Snapshots in the store.', value: snapshots },
    { name: 'store_problems', help: 'Problems that a fast check found now.', value: problems },
    {
      name: 'store_damaged',
      help: '1 when a check found damage that no later one found gone.',
      value: damage ? 1 : 0,
    },
    ...(last === undefined
      ? []
      : [
          {
            name: 'check_time_seconds',
            help: 'Last check on this machine.',
            value: Date.parse(last.time) / 1000,
          },
        ]),
    ...sources.flatMap(({ header, backups, hasAlarm, drill }) => {
      const labels = { source: header.source, name: header.name };
      const metric = (name: string, help: string, value: number): Metric => ({ name, help, labels, value });
      return [
        metric('backup_time_seconds', 'Time of the newest backup.', Date.parse(header.time) / 1000),
        metric('backup_duration_seconds', 'Duration of the newest backup.', header.durationMs / 1000),
        metric(
          'backup_complete',
          '1 when the newest backup holds all that Notion shows.',
          header.complete ? 1 : 0,
        ),
        metric('backup_errors', 'Objects that the newest backup could not read.', header.errors),
        metric('backup_content_bytes', 'Bytes of all files of the newest backup.', header.contentBytes),
        metric('backup_added_bytes', 'Bytes written for the newest backup.', header.addedBytes),
        metric('backup_alarm', '1 while an alarm is not acknowledged.', hasAlarm ? 1 : 0),
        metric('backups', 'Backups of the source.', backups),
        ...(drill === undefined
          ? []
          : [
              metric('drill_time_seconds', 'Time of the last drill.', Date.parse(drill.time) / 1000),
              metric('drill_ok', '1 when all objects of the last drill came back equal.', drill.isOk ? 1 : 0),
            ]),
      ];
    }),
  ];
}

/** Replaces the file whole, readable by all: a collector reads it at any moment. @throws KlosetError `usage` */
export function writeMetrics(app: App, path: string, metrics: readonly Metric[]): void {
  const file = expandPath(app.io, path);
  try {
    writeFileSync(`${file}.${process.pid}.tmp`, prometheusText(metrics));
    chmodSync(`${file}.${process.pid}.tmp`, 0o644);
    renameSync(`${file}.${process.pid}.tmp`, file);
  } catch (cause) {
    throw new KlosetError('usage', `Cannot write the metrics ${file}: ${messageOf(cause)}`, { cause });
  }
}
