/** The options that choose among snapshots, alike in every command that takes some. The rule is in operations/look/filter.ts. */
import type { Command } from 'commander';
import { parseNotionId } from '../../document/notion-id.ts';
import { KlosetError } from '../../errors.ts';
import { momentOf } from '../../operations/look/ages.ts';
import type { SnapshotFilter } from '../../operations/look/filter.ts';
import type { App } from '../app/app.ts';
import { splitWords } from '../text/parse.ts';

/** The options as commander parses them: every value as often as it was given. */
export interface FilterFlags {
  readonly latest?: boolean;
  readonly before?: readonly string[];
  readonly since?: readonly string[];
  readonly tag?: readonly string[];
  readonly name?: readonly string[];
  readonly source?: readonly string[];
  readonly root?: readonly string[];
}

const moments = '2026-11-01, "2026-11-01 09:30", RFC 3339 or an age like 7d';

/** Option, value and help of each filter. */
const options: readonly (readonly [name: keyof FilterFlags, value: string, help: string])[] = [
  ['before', '<moment>', `only snapshots of a time before this (${moments})`],
  ['since', '<moment>', 'only snapshots of this time or later'],
  ['tag', '<tags>', 'only snapshots with all these tags; !TAG: without it'],
  ['name', '<name>', 'only snapshots of this name'],
  ['source', '<workspace>', 'only snapshots of this workspace: its name, or the beginning of its id'],
  ['root', '<id>', 'only backups of this root alone; /: only those of the whole workspace'],
];

/** Adds the filters to a command. `help` replaces that of single options. */
export function addFilters(
  command: Command,
  help: { readonly [name in keyof FilterFlags]?: string } = {},
): Command {
  command.option('--latest', help.latest ?? 'only the newest backup of each source and scope');
  for (const [name, value, text] of options)
    command.option(`--${name} ${value}`, help[name] ?? text, (given: string, all: readonly string[] = []) => [
      ...all,
      given,
    ]);
  return command;
}

/** The filter of these options. @throws KlosetError `usage` for values that cannot be read or exclude each other */
export function filterOf(app: App, flags: FilterFlags): SnapshotFilter {
  const nowMs = app.io.clock.now();
  const [before, since] = [
    momentFlag('before', flags.before, nowMs),
    momentFlag('since', flags.since, nowMs),
  ];
  const { tags, withoutTags } = tagsOf(flags.tag ?? []);
  const name = single('name', flags.name);
  const source = single('source', flags.source);
  const root = single('root', flags.root);
  checkSource(source);
  checkMoments(before, since, nowMs);
  return {
    words: typed(flags),
    ...(flags.latest === true ? { latest: true } : {}),
    ...(before === undefined ? {} : { beforeMs: before.ms }),
    ...(since === undefined ? {} : { sinceMs: since.ms }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(withoutTags.length === 0 ? {} : { withoutTags }),
    ...(name === undefined ? {} : { name }),
    ...(source === undefined ? {} : { source }),
    ...(root === undefined ? {} : { root: rootOf(root) }),
  };
}

/** The filter as it was typed, with the quotes that a shell needs. */
function typed(flags: FilterFlags): string {
  const given = options.flatMap(([name]) => {
    const values = flags[name];
    return Array.isArray(values) ? values.map((value: string) => `--${name} ${quoted(value)}`) : [];
  });
  return [...(flags.latest === true ? ['--latest'] : []), ...given].join(' ');
}

function quoted(value: string): string {
  const short = value.length > 80 ? `${value.slice(0, 80)}…` : value;
  return /^[\w@:/.,+-]+$/.test(short) ? short : JSON.stringify(short);
}

/** @throws KlosetError `usage` for a configured source: which workspace it reads is known to Notion alone */
function checkSource(source: string | undefined): void {
  if (source?.startsWith('@') !== true) return;
  throw new KlosetError(
    'usage',
    `--source takes a workspace here, not the configured source ${quoted(source)}.`,
    {
      hint: 'Give its name, or the beginning of its id, as `notion-kloset ls --json` prints them.',
    },
  );
}

interface Moment {
  readonly text: string;
  readonly ms: number;
}

function momentFlag(
  flag: 'before' | 'since',
  values: readonly string[] | undefined,
  nowMs: number,
): Moment | undefined {
  const text = single(flag, values);
  if (text === undefined) return undefined;
  const ms = momentOf(text, nowMs);
  if (ms !== undefined) return { text, ms };
  throw new KlosetError('usage', `--${flag} takes a time, not ${quoted(text)}.`, {
    hint: `Write ${moments}.`,
  });
}

function checkMoments(before: Moment | undefined, since: Moment | undefined, nowMs: number): void {
  if (since !== undefined && since.ms > nowMs)
    throw new KlosetError(
      'usage',
      `--since ${quoted(since.text)} lies in the future: no snapshot can match.`,
    );
  if (before === undefined || since === undefined || since.ms < before.ms) return;
  throw new KlosetError(
    'usage',
    `--since ${quoted(since.text)} is not earlier than --before ${quoted(before.text)}: no snapshot can match.`,
  );
}

/** @throws KlosetError `usage` for an empty value, and for two that differ */
function single(flag: keyof FilterFlags, values: readonly string[] = []): string | undefined {
  const [value, other] = [...new Set(values.map((each) => each.trim()))];
  if (value === '') throw new KlosetError('usage', `--${flag} needs a value.`);
  if (other === undefined) return value;
  throw new KlosetError(
    'usage',
    `--${flag} ${quoted(value ?? '')} and --${flag} ${quoted(other)} exclude each other.`,
  );
}

/** Tags to have, and, with `!`, tags not to have. @throws KlosetError `usage` for none, and for one that is both */
function tagsOf(values: readonly string[]): { tags: string[]; withoutTags: string[] } {
  const words = values.flatMap((value) => {
    const found = splitWords(value);
    if (found.length === 0 || found.includes('!')) throw new KlosetError('usage', '--tag needs a tag.');
    return found;
  });
  const tags = [...new Set(words.filter((word) => !word.startsWith('!')))];
  const withoutTags = [...new Set(words.filter((word) => word.startsWith('!')).map((word) => word.slice(1)))];
  const both = tags.find((tag) => withoutTags.includes(tag));
  if (both === undefined) return { tags, withoutTags };
  throw new KlosetError('usage', `--tag ${quoted(both)} and --tag ${quoted(`!${both}`)} exclude each other.`);
}

/** @throws KlosetError `usage` */
function rootOf(text: string): string {
  const id = text === '/' ? '/' : parseNotionId(text);
  if (id !== undefined) return id;
  throw new KlosetError(
    'usage',
    `--root takes the id or the URL of a page or database, not ${quoted(text)}.`,
    {
      hint: 'Give --root / for backups of the whole workspace.',
    },
  );
}
