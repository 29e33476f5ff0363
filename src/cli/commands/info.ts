/** `info`: what a store is, or what a snapshot holds, in words. */
import type { Command } from 'commander';
import type { JsonObject } from '../../document/json.ts';
import { arrayAt, objectAt, stringAt } from '../../document/json.ts';
import { readJson } from '../../operations/read-document.ts';
import { fingerprint } from '../../store/access/identity.ts';
import type { Store, TreeReader } from '../../store/open-store.ts';
import type { App } from '../app.ts';
import { formatBytes, formatDuration, formatTime } from '../format.ts';
import { openPlace } from '../snapshot-session.ts';
import { withReadableStore } from '../store-session.ts';

/** Adds the command. */
export function registerInfo(program: Command, app: App): void {
  program
    .command('info [snapshot]')
    .description(
      'describe the store, or one snapshot: what was found, what was not, what the API cannot give',
    )
    .option('--errors', 'list what could not be read')
    .action((word: string | undefined, flags: { readonly errors?: boolean }) =>
      withReadableStore(app, async (store) => {
        if (word === undefined) await describeStore(app, store);
        else await describeSnapshot(app, (await openPlace(store, word)).snapshot, flags.errors === true);
      }),
    );
}

async function describeStore(app: App, store: Store): Promise<void> {
  const snapshots = await store.listSnapshots();
  const sizes = await store.usage();
  const signers = store.config.signers.map(({ publicKey }) => fingerprint(Buffer.from(publicKey, 'hex')));
  const bad = snapshots.filter(({ problem }) => problem !== undefined).length;
  app.result(
    {
      store: store.location,
      id: store.id,
      created: store.config.created,
      snapshots: snapshots.length,
      bad_snapshots: bad,
      packs: sizes.packs,
      bytes: sizes.bytes,
      signers,
    },
    [
      `Store: ${store.location}`,
      `Id: ${store.id}`,
      `Created: ${formatTime(store.config.created)}`,
      'Format: 1 (XChaCha20-Poly1305, HMAC-SHA-256, Ed25519, FastCDC)',
      `Snapshots: ${snapshots.length}${bad === 0 ? '' : ` (${bad} bad: run \`notion-kloset check\`)`}`,
      `Packfiles: ${sizes.packs}`,
      `Size: ${formatBytes(sizes.bytes)}`,
      ...signers.map((signer) => `Signer: ${signer}`),
    ],
  );
}

async function describeSnapshot(app: App, snapshot: TreeReader, withErrors: boolean): Promise<void> {
  const { header } = snapshot;
  const manifest = await readJson(snapshot, '/manifest.json');
  const lines = [
    `Snapshot: ${snapshot.id}`,
    `Time: ${formatTime(header.time)}, took ${formatDuration(header.durationMs)}`,
    `Source: notion://${header.name} (${header.source})`,
    ...(header.tags.length === 0 ? [] : [`Tags: ${header.tags.join(', ')}`]),
    `Size: ${formatBytes(header.contentBytes)}, of which new ${formatBytes(header.addedBytes)}`,
    `Signed by: ${fingerprint(Buffer.from(header.signer, 'hex'))} on ${header.host}, ${header.tool}`,
    `Complete: ${header.complete ? 'yes' : 'no'}, errors: ${header.errors}`,
    ...Object.entries(header.counts).map(([name, count]) => `  ${name}: ${count}`),
    ...blindSpots(manifest),
    ...(withErrors ? errorLines(manifest) : []),
  ];
  app.result({ snapshot: snapshot.id, header, manifest }, lines);
}

/** What the API cannot give, as the manifest lists it. */
function blindSpots(manifest: JsonObject): string[] {
  const spots = objectAt(manifest, 'blind_spots');
  const lines = (title: string, key: string) => {
    const named = arrayAt(spots, key).map(String);
    return named.length === 0 ? [] : [title, ...named.map((spot) => `  ${spot}`)];
  };
  const refused = Object.keys(objectAt(spots, 'refused') ?? {});
  return [
    ...lines('Not in the snapshot, because the API does not give it:', 'always'),
    ...lines('Not in the snapshot, because it was not asked for:', 'not_asked_for'),
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
