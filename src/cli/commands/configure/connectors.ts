/** `source`, `destination`, `store` and `policy`: named settings, as Plakar configures them. */
import type { Command } from 'commander';
import { KlosetError } from '../../../errors.ts';
import type { App } from '../../app/app.ts';
import { configFolder } from '../../app/folders.ts';
import type { Connector, ConnectorKind } from '../../session/connectors.ts';
import { ConnectorFile, optionName, parseOptions, withoutSecrets } from '../../session/connectors.ts';

const purposes: { readonly [kind in ConnectorKind]: string } = {
  source: 'what `backup "@NAME"` reads',
  destination: 'where `restore -to "@NAME"` writes',
  store: 'stores `at "@NAME"` opens',
  policy: 'what `prune --policy NAME` keeps',
};

const plurals: { readonly [kind in ConnectorKind]: string } = {
  source: 'sources',
  destination: 'destinations',
  store: 'stores',
  policy: 'policies',
};

/** Adds the four command groups. */
export function registerConnectors(program: Command, app: App): void {
  for (const kind of ['source', 'destination', 'store', 'policy'] as const) registerKind(program, app, kind);
}

function registerKind(program: Command, app: App, kind: ConnectorKind): void {
  const group = program.command(kind).description(`configure ${purposes[kind]}`);
  const file = () => new ConnectorFile(configFolder(app.io), kind);
  group
    .command('add <name> <options...>')
    .description(`add a ${kind}: ${examples[kind]}`)
    .action((name: string, words: string[]) => {
      file().add(name, parseOptions(kind, words));
      app.result({ [kind]: name, added: true });
    });
  group
    .command('set <name> <options...>')
    .description('change options')
    .action((name: string, words: string[]) => {
      file().set(name, parseOptions(kind, words));
      app.result({ [kind]: name, changed: true });
    });
  group
    .command('unset <name> <options...>')
    .description('remove options')
    .action((name: string, options: string[]) => {
      file().unset(
        name,
        options.map((option) => optionName(kind, option)),
      );
      app.result({ [kind]: name, changed: true });
    });
  group
    .command('show [names...]')
    .description('print options; secrets are stars')
    .action((names: string[]) => show(app, kind, file(), names));
  group
    .command('list')
    .alias('ls')
    .description('print names')
    .action(() => {
      const names = [...file().read().keys()].sort();
      app.result({ [plurals[kind]]: names }, names);
    });
  group
    .command('rm <name>')
    .alias('remove')
    .description(`remove a ${kind}`)
    .action((name: string) => {
      file().remove(name);
      app.result({ [kind]: name, removed: true });
    });
}

function show(app: App, kind: ConnectorKind, file: ConnectorFile, names: readonly string[]): void {
  const all = file.read();
  const wanted = names.length === 0 ? [...all.keys()].sort() : names.map((name) => name.replace(/^@/, ''));
  const shown: { [name: string]: Connector } = {};
  for (const name of wanted) {
    const found = all.get(name);
    if (found === undefined) throw new KlosetError('not-found', `There is no ${kind} named "${name}".`);
    shown[name] = withoutSecrets(found);
  }
  const lines = Object.entries(shown).flatMap(([name, options]) => [
    `${name}:`,
    ...Object.entries(options).map(([option, value]) => `  ${option}: ${value}`),
  ]);
  app.result({ [plurals[kind]]: shown }, lines);
}

const examples: { readonly [kind in ConnectorKind]: string } = {
  source: 'source add mynotion location=notion:// token=$NOTION_API_TOKEN',
  destination: 'destination add mynotion location=notion:// token=$NOTION_API_TOKEN',
  store: 'store add disk location=/var/backups',
  policy: 'policy add nightly daily=7 weekly=5 monthly=12',
};
