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

export const words = {
  product: 'notion-kloset',
  failed: 'A page could not be shown',
  untitled: 'Untitled',
  close: 'Close',
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
    moreGaps: (count: number) => `and ${count.toLocaleString('en')} more`,
    changes: 'Changes since the snapshot before',
    first: 'This is the first snapshot of this workspace.',
  },
  page: {
    comment: (number: number) => `Comment ${number}`,
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
