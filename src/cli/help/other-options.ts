/** Options of Plakar and restic that do not exist here, each with a sentence that says what to use instead. */
import { KlosetError } from '../../errors.ts';

type Instead = { readonly [option: string]: string };

const leaveOut = 'Leave it out';

/** Options that stand before the command there. */
const globalOptions: Instead = {
  configdir: 'Set XDG_CONFIG_HOME.',
  cachedir: 'Set XDG_CACHE_HOME.',
  'cache-dir': 'Set XDG_CACHE_HOME.',
  datadir: 'Set XDG_DATA_HOME.',
  cpu: `${leaveOut}: the work is bound by what Notion and the disk give.`,
  time: 'Run the command under `time` of the shell.',
  trace: 'Set NOTION_KLOSET_TRACE=1 to see the trace of an unexpected failure.',
  stdio: 'Give --progress lines to get one line for each step.',
  'profile-cpu': 'Run it under `node --cpu-prof`.',
  'profile-mem': 'Run it under `node --heap-prof`.',
  repo: 'Name the store with `at STORE`, or set NOTION_KLOSET_STORE.',
  repository: 'Name the store with `at STORE`, or set NOTION_KLOSET_STORE.',
  r: 'Name the store with `at STORE`, or set NOTION_KLOSET_STORE.',
  'password-file': 'Set NOTION_KLOSET_PASSPHRASE_FILE.',
  'password-command': 'Set NOTION_KLOSET_PASSPHRASE_COMMAND.',
  'no-lock': `${leaveOut}: commands that only read take no lock.`,
  verbose: 'Give --progress lines to get one line for each step.',
  'no-encryption': `${leaveOut}: every store is encrypted.`,
};

const weekdays = ['mondays', 'tuesdays', 'wednesdays', 'thursdays', 'fridays', 'saturdays', 'sundays'];
const weekday = 'Give --keep-weekly N: it keeps the newest of each week.';

/** Options of one command. */
export const ownOptions: { readonly [command: string]: Instead } = {
  create: {
    plaintext: `${leaveOut}: every store is encrypted.`,
    'no-compression': `${leaveOut}: what does not get smaller is stored as it is.`,
    hashing: `${leaveOut}: blobs are named by HMAC-SHA-256.`,
  },
  backup: {
    packfiles: `${leaveOut}: packfiles are collected in XDG_CACHE_HOME.`,
    'no-xattr': `${leaveOut}: Notion has no extended attributes.`,
    cache: `${leaveOut}: what did not change is taken over; --full reads everything again.`,
    stdin: `${leaveOut}: the source is Notion.`,
    host: 'Give --name or --environment to tell backups apart.',
  },
  ls: { l: 'Give --long.' },
  cat: {
    decompress: `${leaveOut}: files are printed as they were in Notion.`,
    highlight: 'Give -as html for pages with colours.',
  },
  check: { 'read-data': `${leaveOut}: every byte is read.`, 'read-data-subset': 'Give --subset 5% or 2/7.' },
  restore: {
    'skip-permissions': `${leaveOut}: Notion gives no permissions.`,
    target: 'Give -to FOLDER.',
    o: 'Set the option of the destination: `notion-kloset destination set NAME option=value`.',
  },
  dump: { rebase: `${leaveOut}: paths begin at what is written.` },
  digest: { hashing: `${leaveOut}: digests are SHA-256.` },
  diff: { highlight: `${leaveOut}: changes are coloured on a terminal.` },
  locate: { snapshot: 'Name the snapshot by its time or tags: --latest, --tag TAG, --before DATE.' },
  ui: {
    addr: 'Give --listen ADDRESS and --port N.',
    cors: `${leaveOut}: pages of other places read nothing.`,
    'no-auth': `${leaveOut}: the address that is printed holds a token.`,
    'no-refresh': `${leaveOut}: snapshots are looked up when a page is opened.`,
    'no-spawn': 'Give --no-open.',
    cert: 'Give --tls-cert FILE.',
    key: 'Give --tls-key FILE.',
  },
  prune: {
    ...Object.fromEntries(
      weekdays.flatMap((day) => [day, `per-${day.slice(0, -1)}`]).map((day) => [day, weekday]),
    ),
    prune: 'Run `notion-kloset maintenance --apply` afterwards.',
  },
  maintenance: {
    repack: `${leaveOut}: --apply repacks what is worth it.`,
    'max-unused': 'Give --grace: packfiles are repacked by a rule of their own.',
  },
  export: {
    plaintext: `${leaveOut}: an exported file is encrypted.`,
    'no-compression': `${leaveOut}: what does not get smaller is stored as it is.`,
    overwrite: 'Remove the file first.',
    o: 'Name the file: `notion-kloset export FILE`.',
    k: 'Name the store with `at STORE`.',
  },
};

/** @throws KlosetError `usage` when a global option of another tool is among the words before the command */
export function refuseOtherGlobals(words: readonly string[]): void {
  refuse(words, globalOptions, () => false);
}

/** @throws KlosetError `usage` when `words` hold an option that another tool's command of this name has, and ours has not */
export function refuseOtherOptions(
  words: readonly string[],
  path: string,
  isOurs: (flag: string) => boolean,
): void {
  refuse(words, { ...globalOptions, ...ownOptions[path] }, isOurs);
}

function refuse(words: readonly string[], table: Instead, isOurs: (flag: string) => boolean): void {
  const end = words.indexOf('--');
  for (const word of end === -1 ? words : words.slice(0, end)) {
    const [, name = ''] = /^--?([A-Za-z][\w-]*)(?:=.*)?$/s.exec(word) ?? [];
    const instead = Object.hasOwn(table, name) ? table[name] : undefined;
    if (instead === undefined || isOurs(`--${name}`)) continue;
    throw new KlosetError('usage', `There is no option --${name} here.`, { hint: instead });
  }
}
