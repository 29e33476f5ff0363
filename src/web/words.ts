/** Every English word of the web view, in one file: another language is another such file. Times are UTC. */

/** `1 page`, `2 pages`. */
export function plural(count: number, noun: string, many = `${noun}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? noun : many}`;
}

const sizes = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

/** `3.1 MiB`. */
export function sizeWords(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && unit < sizes.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${sizes[unit]}`;
}

const day = new Intl.DateTimeFormat('en', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});
const hour = new Intl.DateTimeFormat('en', {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZone: 'UTC',
});

/** `Nov 29, 2026, 23:06 UTC`; the text itself where it is not a time. */
export function timeWords(time: string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? time : `${day.format(date)}, ${hour.format(date)} UTC`;
}

/** `3 hours`, `12 days`: the largest unit alone. */
export function ageWords(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 60) return plural(minutes, 'minute');
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? plural(hours, 'hour') : plural(Math.floor(hours / 24), 'day');
}

const month = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' });

/** `May 2026`. */
export function monthWords(moment: number): string {
  return month.format(moment);
}

/** Names of the days of a week, from Monday. */
export const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

export const words = {
  product: 'notion-kloset',
  failed: 'A page could not be shown',
  untitled: 'Untitled',
  close: 'Close',
  openPage: 'Open as a page',
  refused: {
    title: 'Refused',
    method: 'This server only shows: it takes GET and HEAD, and nothing that changes something.',
    host: 'This server answers to the address that the terminal printed, and to no other name.',
    origin: 'Another page sent this request. It was refused.',
    elsewhere: 'Another page led here. Open the address that the terminal printed.',
    unknown:
      'This browser is not known here. Open the address that the terminal printed; it has a secret word in it.',
    address: 'This address cannot be read.',
    longAddress: 'This address is too long.',
  },
  welcome: { title: 'Opening…', go: 'Open the backup' },
  errors: {
    title: 'Not shown',
    noPage: 'There is no such page.',
    noPageHint: 'Begin at the list of snapshots.',
    bug: 'The program has a bug, or received an unexpected answer:',
    home: 'List of snapshots',
    inNotion: 'Open it in Notion',
  },
  frame: {
    skip: 'Skip to the content',
    pages: 'Pages',
    allSnapshots: 'All snapshots',
    health: 'Health',
    search: 'Search',
    searchPlaceholder: 'Search, or paste a Notion address',
    asOf: 'As of',
    go: 'Go',
    breadcrumb: 'The way to this page',
  },
  tree: {
    label: 'Pages of this snapshot',
    orphans: 'Without a page above',
    trash: 'In the trash',
    templates: 'Templates',
    none: 'No pages inside',
    more: (count: number) => `${plural(count, 'more page')}…`,
    open: (title: string) => `Show the pages in ${title}`,
    all: 'All pages here',
    page: 'page',
    database: 'database',
  },
  home: {
    title: 'Snapshots',
    none: 'The store has no readable backup yet. Run `notion-kloset backup`.',
    time: 'Time',
    source: 'Workspace',
    contents: 'Contents',
    added: 'New data',
    state: 'State',
    complete: 'complete',
    incomplete: (errors: number) => `${plural(errors, 'object')} could not be read`,
    alarm: 'alarm: far less was visible than before',
    automatic: 'before a restore',
    unreadable: 'cannot be read',
    pinned: 'pinned',
    changes: 'What changed',
    loss: 'Newer snapshots may have been lost.',
    pages: (count: number) => plural(count, 'page'),
    databases: (count: number) => plural(count, 'database'),
    files: (count: number) => plural(count, 'file'),
  },
  snapshot: {
    title: (name: string) => `${name} as it was`,
    top: 'At the top',
    gaps: 'Could not be read',
    part: (what: string) => `Holds ${what}.`,
    moreGaps: (count: number) => `and ${count.toLocaleString('en')} more`,
    changes: 'Changes since the snapshot before',
    first: 'This is the first snapshot of this workspace.',
  },
  database: {
    all: 'All',
    views: 'Views',
    find: 'Words in these rows',
    findGo: 'Filter',
    checked: 'checked',
    unchecked: 'not checked',
    board: 'Board',
    timeline: 'Timeline',
    chart: 'Numbers of the chart',
    row: 'Row',
    rows: 'rows',
    days: 'Days',
    noValue: 'No value',
    groupHead: 'Group',
    unknownNumber: 'not known',
    monthBefore: '← Month before',
    monthAfter: 'Month after →',
    pieces: 'Further rows',
    before: '← Before',
    after: 'After →',
    again: 'Show again',
    group: (name: string, count: number) => `${name || 'No value'} (${count.toLocaleString('en')})`,
    moreOfGroup: (count: number) => `${count.toLocaleString('en')} more`,
    withoutDate: (count: number) => `${plural(count, 'row')} without a date`,
    count: (count: number) => plural(count, 'row'),
    range: (from: number, to: number, total: number | undefined) =>
      `${from.toLocaleString('en')} to ${to.toLocaleString('en')}${total === undefined ? '' : ` of ${total.toLocaleString('en')}`}`,
    reading: (count: number) =>
      `This view needs all rows to put them in order. ${plural(count, 'row')} have been read so far; some of them are shown without an order.`,
    asTable: (type: string) => `In Notion this view is a ${type}; here it is a table of its rows.`,
    cut: (count: number) =>
      `The database has more than ${count.toLocaleString('en')} rows; this view goes by the first ones alone. Take all of them as CSV.`,
  },
  time: {
    history: 'History',
    explain: 'The backups in which this page is not the same as in the one before.',
    slider: 'Version',
    nothing: 'Nothing differs.',
    noBefore: 'There is no earlier version of this page in the store.',
    showChanges: 'Show changes',
    hideChanges: 'Hide changes',
    beside: 'Beside each other',
    inOne: 'In one page',
    since: 'Since',
    movedFrom: 'It was at',
    reason: 'it could not be read:',
    only: (time: string) => `It has been the same since ${time}.`,
    all: (count: number) => `All ${plural(count, 'version')}`,
    count: (count: number) => plural(count, 'change'),
    more: (count: number) => `and ${plural(count, 'more change')}`,
    below: (count: number) => `with ${plural(count, 'block')} below`,
    side: (which: 'before' | 'after', time: string) => `${which === 'before' ? 'Before' : 'After'}: ${time}`,
    between: (before: string, after: string) => `From ${before} to ${after}.`,
    changed: (time: string) => `Changes in the snapshot of ${time}`,
    cut: (count: number, before: string, after: string) =>
      `Only the first ${count} are shown. All: notion-kloset diff ${before} ${after}`,
    kinds: {
      added: 'added',
      removed: 'removed',
      changed: 'changed',
      moved: 'moved',
      renamed: 'renamed',
      unknown: 'could not be compared',
    },
    objectKinds: {
      added: 'new',
      removed: 'gone',
      trashed: 'in the trash',
      unknown: 'could not be read',
      moved: 'moved',
      changed: 'changed',
    },
    versionKinds: {
      first: 'first backup of it',
      changed: 'changed',
      moved: 'moved',
      removed: 'gone',
      added: 'there again',
      unknown: 'could not be read',
    },
    counted: (count: number, part: string, kind: string) =>
      `${count === 1 ? part : `${count.toLocaleString('en')} ${part.replace(/y$/, 'ie')}s`} ${kind === 'unknown' ? 'not compared' : kind}`,
  },
  missing: {
    title: 'Not in this snapshot',
    text: (time: string) => `The snapshot of ${time} does not have this page.`,
    unread: 'It could not be read:',
    elsewhere: 'Look for it in the other snapshots',
  },
  search: {
    title: 'Search',
    none: 'Nothing was found.',
    notHere: 'No snapshot of this store has that page.',
    jump: 'Go to this page',
    kind: 'Kind',
    kinds: { any: 'Pages and databases', page: 'Pages', database: 'Databases' },
    where: 'Snapshots',
    here: 'In this snapshot',
    everywhere: 'In all snapshots',
    count: (count: number) => plural(count, 'hit'),
    more: (count: number) => `${plural(count, 'more hit')}`,
    span: (first: string, last: string, count: number) => `${plural(count, 'snapshot')}, ${first} to ${last}`,
  },
  health: {
    title: 'Health',
    well: 'Everything is well: the newest backups are complete, and all of their data is present.',
    unknown: 'unknown',
    newest: 'Newest backup',
    old: (age: string) => `${age} old`,
    backups: 'Backups',
    complete: 'Complete',
    part: 'Holds',
    allRead: 'yes, apart from what the API does not give',
    fullReading: 'Every page read in full',
    comments: 'All comments read',
    drill: 'Restore drill',
    noDrill: 'none known: run notion-kloset drill',
    drillOf: (isOk: boolean, equal: number, objects: number) =>
      `${isOk ? 'passed' : 'failed'}, ${equal} of ${plural(objects, 'object')} equal, `,
    signedBy: 'Signed by',
    acknowledge: 'If the loss was meant: ',
    alarmOf: (name: string) => `In the newest backup of ${name} far less was visible than before.`,
    incompleteOf: (name: string) => `The newest backup of ${name} is not complete.`,
    refused: 'Refused by Notion',
    blindSpots: (count: number) => `${plural(count, 'kind')} of content that the API does not give`,
    store: 'Store',
    place: 'Place',
    snapshots: 'Snapshots',
    size: 'Size',
    chain: 'Signatures and chain',
    chainWell: (bad: number) =>
      bad === 0
        ? 'every snapshot is signed by a trusted key and follows the one before'
        : `${plural(bad, 'snapshot')} cannot be read or trusted: run notion-kloset check`,
    restorable: 'Restorable',
    present: 'all data is present; notion-kloset check reads every byte',
    presentSince: (time: string) =>
      `all data was present at ${time}, and nothing was added, removed or cut since; notion-kloset check reads every byte`,
    unread: (count: number) => `${plural(count, 'object')} of the store cannot be read now.`,
    problems: (count: number) => `A fast check found ${plural(count, 'problem')}: run notion-kloset check.`,
    damage: (check: string) => `Damage is noted: ${check}.`,
    lastCheck: 'Last check',
    noCheck: 'none on this machine: run notion-kloset check',
    everything: 'the whole store',
    check: (scope: string, time: string, problems: number, read: string) =>
      `${scope}, ${time}: ${plural(problems, 'problem')}, ${read} read`,
    signers: 'Signers',
    growth: 'New data of each backup',
    chart: (count: number, max: string) => `New data of the last ${plural(count, 'backup')}, at most ${max}`,
    growthSum: (count: number, sum: string) => `${sum} in the last ${plural(count, 'snapshot')}.`,
    prune: 'The next prune',
    noPolicy: 'No policy is configured on this machine: notion-kloset policy add NAME daily=7 monthly=12',
    policy: (name: string) => `Policy ${name}`,
    removes: (removed: number, all: number) => `It would remove ${removed} of ${plural(all, 'snapshot')}.`,
  },
  take: {
    title: 'Take away',
    files: 'As a file',
    withBelow: 'With all pages below, as a zip file',
    zip: (form: string) => `${form} (zip)`,
    restore: 'Restore this',
    explain:
      'The browser writes nothing. Copy a line into a terminal; PAGE and FOLDER are for you to fill in.',
    plan: (time: string, objects: string, documents: string, media: string) =>
      `As it was at ${time}: ${objects}, ${documents} of documents and ${media} of files.`,
    missing: (count: number) => `${plural(count, 'part')} of it could not be read and cannot be restored`,
    inPlacePlan: 'See what a restore over the pages in Notion would do:',
    inPlace: 'Restore over the pages in Notion:',
    underPagePlan: 'See what a copy under another page would need:',
    underPage: 'Restore a copy under another page:',
    toFolder: 'Restore into a folder:',
    planHere: 'Show here what it would do',
    copyPlan: 'Address or id of the page that the copy would lie under',
    showPlan: 'Show the plan',
    noPlans: 'Started with `ui --plan`, this page also shows what a restore would do, before it is done.',
    forms: { md: 'Markdown', html: 'HTML', csv: 'CSV', json: 'JSON', text: 'Plain text' } as {
      readonly [form: string]: string;
    },
  },
  plan: {
    title: 'Plan of a restore',
    as: (time: string, page: string | undefined) =>
      page === undefined
        ? `A restore over the pages in Notion, as they were at ${time}. This is a plan: nothing was written.`
        : `A copy as of ${time}, below the page ${page}. This is a plan: nothing was written.`,
    asking: (age: string) => `Notion is being read, for ${age} so far. This page looks again by itself.`,
    of: (time: string) => `As Notion was at ${time}:`,
    failed: (reason: string) => `There is no plan: ${reason}`,
    unknownError: 'something went wrong that this program does not know; the terminal has more.',
    again: 'Look again',
    noPage: 'This is not the address or id of a Notion page.',
    noPageHint: 'Give the address of the page, or the 32 digits at its end.',
    nothing: (objects: string) => `Nothing would change: ${objects} are as they were.`,
    counts: ({
      untrash,
      create,
      change,
      leave,
    }: {
      readonly untrash: string;
      readonly create: string;
      readonly change: string;
      readonly leave: string;
    }) =>
      `${untrash} would come out of the trash, ${create} be created again, ${change} be changed, ${leave} stay as they are.`,
    ancestors: 'Above it, in the trash, and back with it',
    changes: 'Changes',
    actions: { change: 'change', untrash: 'take out of the trash', create: 'create again' },
    now: (text: string) => `now “${text}”`,
    was: (text: string) => `then “${text}”`,
    left: (why: string) => `left: ${why}`,
    added: 'Added since, and left alone',
    creates: 'To be created',
    requests: (write: string, verify: string, minutes: string) =>
      `It would take ${write}, about ${verify} more to verify the copy, and about ${minutes}.`,
    uploads: (files: string, size: string) => `${files} of ${size} would be uploaded.`,
    fidelity: 'Fidelity of each kind',
    columns: ['Kind', 'Exact', 'Approximated', 'Lost', 'Why'],
    errors: 'Obstacles',
  },
  page: {
    comment: (number: number) => `Comment ${number}`,
    preview: 'Preview',
    pdf: (name: string) => `Preview of ${name}`,
    inNotion: 'Open in Notion',
    download: 'Take away or restore',
    history: 'History',
    linkedFrom: 'Linked from',
    showLinks: 'Show the pages that link here',
    noLinks: 'No page of this snapshot links here.',
    edited: 'Last edited',
    templateOf: 'A template of a database',
    torn: 'This page was edited while it was read; parts of it may be of different moments.',
    reading: 'Reading…',
  },
};
