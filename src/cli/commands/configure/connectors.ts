/** `source`, `destination`, `store` and `policy`: named settings, as Plakar configures them. */
import type { Command } from 'commander';
import { Verbatim } from '../../../document/snake-case.ts';
import type { ErrorCode } from '../../../errors.ts';
import { pingNotion } from '../../../operations/doctor/diagnose-notion.ts';
import { pingStore } from '../../../operations/doctor/diagnose-store.ts';
import { findingsOf } from '../../../operations/doctor/finding.ts';
import type { App } from '../../app/app.ts';
import { configFolder } from '../../app/folders.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import { checkStorePlace } from '../../session/connector-values.ts';
import { givenOptions, warnOfOpenSecrets } from '../../session/given-options.ts';
import { jobOf } from '../../session/job.ts';
import { printFindings } from '../../session/night/print-findings.ts';
import { checkNotifier } from '../../session/notifier-options.ts';
import { withNotion } from '../../session/notion-session.ts';
import { removeEntries, writeEntries } from '../../session/secrets/keychain-entries.ts';
import type { Connector, ConnectorKind } from '../../session/settings/connector-options.ts';
import { changedOptions, optionName, withoutSecrets } from '../../session/settings/connector-options.ts';
import { ConnectorFile, nouns } from '../../session/settings/connectors.ts';
import { warnOfMissing } from '../../session/settings/named-others.ts';
import { storeAt } from '../../session/store-session.ts';
import { registerNotifyTest } from './notify-test.ts';

/** Words about one kind of settings. */
interface KindWords {
  readonly plural: string;
  readonly description: string;
  /** A name and options to add under it. */
  readonly add: string;
  readonly name: string;
  /** An option to change, and its name. */
  readonly set: string;
  readonly option: string;
}

const words: { readonly [kind in ConnectorKind]: KindWords } = {
  source: {
    plural: 'sources',
    description: 'configure the workspaces that `backup "@NAME"` reads',
    add: 'mynotion location=notion:// token=-',
    name: 'mynotion',
    set: 'token_file=/etc/notion-kloset/token',
    option: 'api_url',
  },
  destination: {
    plural: 'destinations',
    description: 'configure the workspaces that `restore -to "@NAME"` writes to',
    add: 'mynotion location=notion:// token=-',
    name: 'mynotion',
    set: 'rootID=1234567890abcdef1234567890abcdef',
    option: 'rootID',
  },
  store: {
    plural: 'stores',
    description: 'configure the stores that `at "@NAME"` opens',
    add: 'disk location=/var/backups',
    name: 'disk',
    set: 'passphrase_file=/etc/notion-kloset/passphrase',
    option: 'append_only',
  },
  notify: {
    plural: 'notifications',
    description: 'configure who is told of the end of a run, and how',
    add: 'ops type=slack url=-',
    name: 'ops',
    set: 'on=failure,alarm',
    option: 'on',
  },
  policy: {
    plural: 'policies',
    description: 'configure the rules of `run`, which `prune --policy NAME` keeps snapshots by too',
    add: 'nightly daily=7 weekly=5 monthly=12',
    name: 'nightly',
    set: 'daily=14',
    option: 'weekly',
  },
};

/** Adds the command groups. */
export function registerConnectors(program: Command, app: App): void {
  for (const kind of ['source', 'destination', 'store', 'policy', 'notify'] as const)
    registerKind(program, app, kind);
}

function registerKind(program: Command, app: App, kind: ConnectorKind): void {
  const { description, add, name, set, option } = words[kind];
  const group = program.command(kind).description(description);
  const file = () => new ConnectorFile(configFolder(app.io), kind);
  const explain = (
    command: Command,
    [first, second]: readonly [string, string],
    errors: readonly ErrorCode[] = ['not-found', 'temporary'],
  ) => teach(command, { examples: [`${kind} ${first}`, `${kind} ${second}`], errors });
  // Rules hold no secret that could be asked for.
  const secret: readonly ErrorCode[] = kind === 'policy' ? [] : ['credentials'];
  explain(group, [`add ${add}`, 'list']);
  explain(
    registerAdd(group, app, kind, file),
    [`add ${add}`, `add second ${add.replace(/^\S+ /, '')}`],
    ['temporary', ...secret],
  );
  explain(
    registerSet(group, app, kind, file),
    [`set ${name} ${set}`, `set ${name} ${set} --json`],
    ['not-found', 'temporary', ...secret],
  );
  explain(registerUnset(group, app, kind, file), [
    `unset ${name} ${option}`,
    `unset ${name} ${option} --json`,
  ]);
  explain(registerShow(group, app, kind, file), ['show', `show ${name}`], ['not-found']);
  explain(registerList(group, app, kind, file), ['list', 'list --json'], []);
  if (kind === 'notify') registerNotifyTest(group, app);
  else if (kind !== 'policy')
    explain(registerPing(group, app, kind, file), [`ping ${name}`, `ping ${name} --json`], pingErrors(kind));
  explain(registerRemove(group, app, kind, file), [`rm ${name}`, `rm ${name} --json`]);
}

function pingErrors(kind: ConnectorKind): readonly ErrorCode[] {
  return kind === 'store' ? storeErrors : ['not-found', 'unavailable', 'temporary', 'credentials'];
}

type OpenFile = () => ConnectorFile;

function registerAdd(group: Command, app: App, kind: ConnectorKind, file: OpenFile): Command {
  return group
    .command('add <name> <options...>')
    .description(`add a ${nouns[kind]}, with options written as option=value`)
    .action(async (name: string, options: string[]) => {
      const given = await givenOptions(app, kind, name, options);
      if (kind === 'notify') checkNotifier(given.options);
      if (kind === 'store') checkStorePlace(given.options, given.options);
      await writeEntries(app, given.entries, () => file().add(name, given.options));
      warnOfOpenSecrets(app, given);
      warnOfMissing(app, kind, given.options);
      app.result({ [kind]: name, added: true });
    });
}

function registerSet(group: Command, app: App, kind: ConnectorKind, file: OpenFile): Command {
  return group
    .command('set <name> <options...>')
    .description(`change options of a ${nouns[kind]}, written as option=value`)
    .action(async (name: string, options: string[]) => {
      const before = file().get(name);
      const given = await givenOptions(app, kind, name, options);
      if (kind === 'notify') checkNotifier(changedOptions(before, given.options));
      if (kind === 'store') checkStorePlace(changedOptions(before, given.options), given.options);
      await writeEntries(app, given.entries, () => file().set(name, given.options));
      await removeEntries(app, before, file().get(name));
      warnOfOpenSecrets(app, given);
      warnOfMissing(app, kind, given.options);
      app.result({ [kind]: name, changed: true });
    });
}

function registerUnset(group: Command, app: App, kind: ConnectorKind, file: OpenFile): Command {
  return group
    .command('unset <name> <options...>')
    .description(`remove options of a ${nouns[kind]}`)
    .action(async (name: string, options: string[]) => {
      const before = file().get(name);
      file().unset(
        name,
        options.map((option) => optionName(kind, option)),
      );
      await removeEntries(app, before, file().get(name));
      app.result({ [kind]: name, changed: true });
    });
}

function registerShow(group: Command, app: App, kind: ConnectorKind, file: OpenFile): Command {
  return group
    .command('show [names...]')
    .description('print options; secrets are printed as ********')
    .action((names: string[]) => show(app, kind, file(), names));
}

function registerList(group: Command, app: App, kind: ConnectorKind, file: OpenFile): Command {
  return group
    .command('list')
    .alias('ls')
    .description(`print the names of all ${words[kind].plural}`)
    .action(() => {
      const names = [...file().read().keys()].sort();
      app.result({ [words[kind].plural]: names }, names);
    });
}

function registerPing(
  group: Command,
  app: App,
  kind: 'source' | 'destination' | 'store',
  file: OpenFile,
): Command {
  return group
    .command('ping <name>')
    .description(`try whether a ${kind} answers`)
    .action(async (word: string) => {
      const name = word.replace(/^@/, '');
      const connector = file().get(name);
      const findings = await findingsOf(kind, async () =>
        kind === 'store'
          ? pingStore(jobOf(app), await storeAt(app, `@${name}`))
          : withNotion(app, connector, (api) => pingNotion(api)),
      );
      printFindings(app, findings);
    });
}

function registerRemove(group: Command, app: App, kind: ConnectorKind, file: OpenFile): Command {
  return group
    .command('rm <name>')
    .alias('remove')
    .description(`remove a ${nouns[kind]}`)
    .action(async (name: string) => {
      const before = file().get(name);
      file().remove(name);
      await removeEntries(app, before, {});
      app.result({ [kind]: name, removed: true });
    });
}

function show(app: App, kind: ConnectorKind, file: ConnectorFile, names: readonly string[]): void {
  const all = file.read();
  const wanted = names.length === 0 ? [...all.keys()].sort() : names.map((name) => name.replace(/^@/, ''));
  const shown: { [name: string]: Connector } = {};
  for (const name of wanted) {
    shown[name] = withoutSecrets(all.get(name) ?? file.get(name));
  }
  const lines = Object.entries(shown).flatMap(([name, options]) => [
    `${name}:`,
    ...Object.entries(options).map(([option, value]) => `  ${option}: ${value}`),
  ]);
  app.result({ [words[kind].plural]: new Verbatim(shown) }, lines);
}
