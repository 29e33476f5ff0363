/** Suggests the right command for an unknown word: another tool's word for it, or a slip of the keyboard. */

/** Words of restic, Plakar, borg and others, with what does the same here. */
export const otherWords: { readonly [word: string]: string } = {
  setup: use('init'),
  new: use('create'),
  snapshots: use('ls'),
  list: use('ls'),
  archives: use('ls'),
  find: use('locate NAME', 'search WORDS'),
  grep: use('search WORDS'),
  show: use('cat', 'info'),
  extract: use('restore -to FOLDER'),
  undo: use('restore --undo'),
  plan: use('restore --dry-run'),
  forget: use('prune'),
  expire: use('prune'),
  delete: use('rm'),
  remove: use('rm'),
  clone: use('sync to STORE'),
  copy: use('sync to STORE'),
  dup: use('sync to STORE'),
  push: use('sync to STORE'),
  pull: use('sync from STORE'),
  verify: use('check'),
  fsck: use('check'),
  diagnose: use('doctor'),
  'break-lock': use('unlock'),
  gc: use('maintenance'),
  compact: use('maintenance'),
  cleanup: use('maintenance'),
  vacuum: use('maintenance'),
  stats: use('info', 'du'),
  ptar: use('export FILE'),
  'export-tar': use('export FILE'),
  import: use('at FILE ls', 'at FILE restore'),
  'rebuild-index': use('repair index'),
  recover: use('repair packs'),
  rescue: use('repair packs'),
  passwd: use('key passwd'),
  'change-passphrase': use('key passwd'),
  config: use('source', 'destination', 'store'),
  repo: use('store'),
  repository: use('store'),
  remote: use('store'),
  login: absent('set NOTION_TOKEN, or add a source with `notion-kloset source add`'),
  logout: absent('remove the source with `notion-kloset source rm`'),
  token: absent('set NOTION_TOKEN, or add a source with `notion-kloset source add`'),
  auth: absent('set NOTION_TOKEN, or add a source with `notion-kloset source add`'),
  mount: absent('write the files with `notion-kloset restore -to FOLDER`'),
  server: use('ui'),
  serve: use('ui'),
  web: use('ui'),
  browse: use('ui'),
  scheduler: use('schedule install'),
  cron: use('schedule install'),
  service: use('schedule install'),
  services: use('schedule install'),
  cached: absent('nothing has to run in the background'),
  agent: use('schedule install'),
  'self-update': absent('update the package with npm'),
  update: absent('update the package with npm'),
  upgrade: absent('update the package with npm'),
  pkg: absent('the program has no plug-ins'),
};

/** Words for subcommands, with those that may do the same, the first that exists. */
const otherSubcommands: { readonly [word: string]: readonly string[] } = {
  delete: ['rm', 'remove'],
  del: ['rm', 'remove'],
  create: ['add', 'rotate'],
  new: ['add', 'rotate'],
  generate: ['add', 'rotate'],
  edit: ['set'],
  update: ['set', 'passwd'],
  change: ['set', 'passwd'],
  password: ['passwd'],
  passphrase: ['passwd'],
  get: ['show', 'list'],
  push: ['to'],
  check: ['ping', 'test', 'state'],
  import: ['add'],
  repository: ['state'],
  blob: ['object'],
  blobsearch: ['object'],
  pack: ['packfile'],
  dirpack: ['vfs'],
  contenttype: ['vfs'],
  xattr: ['vfs'],
  pull: ['from'],
};

/**
 * A sentence that names what to use instead of `word`, below the command `path` (empty for the program). `names` are
 * the names of its subcommands, each with its aliases. Undefined when nothing is close.
 */
export function suggestionFor(
  word: string,
  path: string,
  names: readonly (readonly string[])[],
): string | undefined {
  const plain = word.toLowerCase();
  if (path === '' && Object.hasOwn(otherWords, plain)) return otherWords[plain];
  const known = names.flat();
  const synonym = otherSubcommands[plain]?.find((name) => known.includes(name));
  const found = path !== '' && synonym !== undefined ? synonym : closest(plain, known);
  const [command] = names.find((own) => found !== undefined && own.includes(found)) ?? [];
  return command === undefined ? undefined : `Did you mean \`notion-kloset ${`${path} ${command}`.trim()}\`?`;
}

function use(...lines: readonly string[]): string {
  return `Use ${lines.map((line) => `\`notion-kloset ${line}\``).join(' or ')}.`;
}

function absent(instead: string): string {
  return `There is no such command here: ${instead}.`;
}

/** The name that differs by the smallest number of letters, when that is few for its length. */
function closest(word: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((name) => ({ name, distance: editDistance(word, name) }))
    .filter(({ name, distance }) => distance <= Math.min(2, Math.floor(name.length / 2)))
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.name;
}

/** Optimal string alignment distance: insertions, deletions, substitutions, and swaps of neighbours. */
function editDistance(from: string, to: string): number {
  const rows = Array.from({ length: from.length + 1 }, (_, i) =>
    Array.from({ length: to.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  const at = (i: number, j: number) => rows[i]?.[j] ?? 0;
  for (let i = 1; i <= from.length; i += 1) {
    for (let j = 1; j <= to.length; j += 1) {
      const substitution = at(i - 1, j - 1) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const swap = isSwap ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY;
      const row = rows[i];
      if (row !== undefined) row[j] = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, substitution, swap);
    }
  }
  return at(from.length, to.length);
}
