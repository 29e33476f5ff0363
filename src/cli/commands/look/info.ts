/** `info`: describes a store, or one snapshot of it. */
import type { Command } from 'commander';
import type { JsonObject } from '../../../document/json.ts';
import { arrayAt, objectAt, stringAt } from '../../../document/json.ts';
import { leftOutIn } from '../../../document/selection/left-out.ts';
import { Verbatim } from '../../../document/snake-case.ts';
import { KlosetError } from '../../../errors.ts';
import { leftOutLine, unmatchedLines } from '../../../operations/documents/left-out.ts';
import { alarmJson } from '../../../operations/look/alarm.ts';
import type { SnapshotDescription, StoreDescription } from '../../../operations/look/describe.ts';
import { describeSnapshot, describeStore } from '../../../operations/look/describe.ts';
import { manifestGaps, unsupportedParts } from '../../../operations/look/manifest-gaps.ts';
import { findSnapshot } from '../../../operations/look/open-place.ts';
import type { App } from '../../app/app.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import { withReadableStore } from '../../session/store-session.ts';
import { tellLoss } from '../../session/tell-loss.ts';
import { formatBytes, formatDuration, formatTime } from '../../text/format.ts';

/** Gaps printed without `--errors`. */
const maxPrintedGaps = 10;

/** Adds the command. */
export function registerInfo(program: Command, app: App): void {
  const command = program
    .command('info [snapshot]')
    .description('describe the store, or one snapshot: what it contains, what is missing and why')
    .option('--errors', 'list what could not be read')
    .action((word: string | undefined, flags: { readonly errors?: boolean }) => {
      if (word === undefined && flags.errors === true)
        throw new KlosetError('usage', '--errors is for a snapshot.', {
          hint: 'Name one: `info latest --errors`.',
        });
      return withReadableStore(app, async (store) => {
        if (word === undefined) return printStore(app, await describeStore(store));
        const { id, loss } = await findSnapshot(store, word, { goesOn: true });
        const snapshot = await store.openSnapshot(id);
        printSnapshot(app, await describeSnapshot(store, snapshot), flags.errors === true);
        tellLoss(app, loss);
      });
    });
  teach(command, { examples: ['info', 'info latest --errors'], errors: storeErrors });
}

function printStore(app: App, store: StoreDescription): void {
  const { location, id, created, snapshots, badSnapshots, packs, bytes, signers } = store;
  app.result(
    { store: location, id, created, snapshots, bad_snapshots: badSnapshots, packs, bytes, signers },
    [
      `Store: ${location}`,
      `Id: ${id}`,
      `Created: ${formatTime(created)}`,
      'Format: 1 (XChaCha20-Poly1305, HMAC-SHA-256, Ed25519, FastCDC)',
      `Snapshots: ${snapshots}${badSnapshots === 0 ? '' : ` (${badSnapshots} bad: run \`notion-kloset check\`)`}`,
      `Packfiles: ${packs}`,
      `Size: ${formatBytes(bytes)}`,
      ...signers.map((signer) => `Signer: ${signer}`),
    ],
  );
  tellLoss(app, store.loss);
}

function printSnapshot(app: App, snapshot: SnapshotDescription, withErrors: boolean): void {
  const { id, header, manifest, signer, state, alarm } = snapshot;
  const tags = state?.tags ?? header.tags;
  const gaps = manifestGaps(manifest);
  const lines = [
    `Snapshot: ${id}`,
    `Time: ${formatTime(header.time)}, took ${formatDuration(header.durationMs)}`,
    ...(state?.wrongTime === undefined
      ? []
      : [`  its clock was wrong and said ${formatTime(state.wrongTime)}`]),
    `Source: notion://${header.name} (${header.source})`,
    ...(tags.length === 0 ? [] : [`Tags: ${tags.join(', ')}`]),
    ...(state?.isAutomatic === true ? ['Automatic: taken by the program before a restore in place'] : []),
    ...(state?.isPinned === true ? ['Pinned: yes'] : []),
    ...alarmLines(snapshot),
    `Size: ${formatBytes(header.contentBytes)}, of which new ${formatBytes(header.addedBytes)}`,
    `Signed by: ${signer} on ${header.host}, ${header.tool}`,
    ...originLines(snapshot),
    `Complete: ${header.complete ? 'yes' : 'no'}, errors: ${header.errors}`,
    ...Object.entries(header.counts).map(([name, count]) => `  ${name}: ${count}`),
    ...leftOutLines(manifest),
    ...blindSpots(manifest),
    ...(withErrors ? errorLines(manifest) : missingLines(gaps)),
  ];
  app.result(
    {
      snapshot: id,
      header,
      manifest: new Verbatim(manifest),
      tags,
      automatic: state?.isAutomatic === true,
      pinned: state?.isPinned === true,
      alarm: alarm === undefined ? null : alarmJson(alarm),
      acknowledged: state?.acknowledged ?? null,
      gaps,
    },
    lines,
  );
}

/** The origin of a resealed snapshot. Who signed it here vouches for the id and the contents. */
function originLines({ header: { origin }, originalSigner }: SnapshotDescription): string[] {
  if (origin === undefined) return [];
  return [
    `Sealed again from: ${origin.id} of store ${origin.storeId}`,
    `  signed there by: ${originalSigner} (the signature is valid)`,
  ];
}

function alarmLines({ id, state, alarm }: SnapshotDescription): string[] {
  if (state?.hasAlarm !== true) return [];
  const { acknowledged } = state;
  return [
    `Alarm: ${alarm?.text ?? 'far less was visible than before'}`,
    ...(alarm === undefined ? [] : [`  compared with snapshot ${alarm.comparedWith}`]),
    ...(alarm?.gone ?? []).map((title) => `  gone: ${title}`),
    acknowledged === undefined
      ? `  If the loss was meant: \`notion-kloset acknowledge ${id.slice(0, 8)}\``
      : `  acknowledged ${formatTime(acknowledged.time)}${acknowledged.note === '' ? '' : `: ${acknowledged.note}`}`,
  ];
}

/** Lines about what is not in the snapshot by choice, apart from its gaps. */
function leftOutLines(manifest: JsonObject): string[] {
  const leftOut = leftOutIn(manifest);
  if (leftOut === undefined) return [];
  return [`Holds ${leftOutLine(leftOut)}`, ...unmatchedLines(leftOut).map((line) => `  ${line}`)];
}

function missingLines(gaps: readonly string[]): string[] {
  if (gaps.length === 0) return [];
  return [
    'Missing, because it could not be read:',
    ...gaps.slice(0, maxPrintedGaps).map((gap) => `  ${gap}`),
    ...(gaps.length > maxPrintedGaps ? [`  … and ${gaps.length - maxPrintedGaps} more (--errors)`] : []),
  ];
}

/** Things the API does not give, as the manifest lists them. */
function blindSpots(manifest: JsonObject): string[] {
  const spots = objectAt(manifest, 'blind_spots');
  const lines = (title: string, named: readonly string[]) =>
    named.length === 0 ? [] : [title, ...named.map((spot) => `  ${spot}`)];
  const listed = (key: string) => arrayAt(spots, key).map(String);
  const unsupported = unsupportedParts(manifest);
  const refused = Object.keys(objectAt(spots, 'refused') ?? {});
  return [
    ...lines('Not in the snapshot, because its API does not support it, says Notion:', unsupported),
    ...lines('Not in the snapshot, because the API does not give it:', listed('always')),
    ...lines('Not in the snapshot, because it was not requested:', listed('not_asked_for')),
    ...(refused.length === 0
      ? []
      : ['Not in the snapshot, because Notion refused it:', ...refused.map((spot) => `  ${spot}`)]),
  ];
}

function errorLines(manifest: JsonObject): string[] {
  const errors = objectAt(manifest, 'errors');
  const list = arrayAt(errors, 'list');
  return [
    `Errors: ${Number(errors?.total ?? list.length)}`,
    ...list.map((error) => {
      const [what, id, title, reason] = ['what', 'id', 'title', 'reason'].map(
        (key) => stringAt(error, key) ?? '',
      );
      return `  ${[what, id, title].filter(Boolean).join(' ')}: ${reason}`;
    }),
  ];
}
