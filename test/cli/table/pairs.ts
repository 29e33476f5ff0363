/** Every command with what can happen to it, and the reasons why other exit codes cannot. */

const always = ['goes well', 'a bug', 'an unknown option'];

/** Of a command that opens a store. */
const opening = ['damaged CONFIG', 'no store', 'store out of reach', 'wrong key', 'later version'];
const reading = [...always, ...opening, 'too many open files'];
const writing = [...always, ...opening, 'locked'];
const settings = { read: [...always, 'unknown name'], changed: [...always, 'unknown name', 'held settings'] };
const ping = [...always, 'unknown name', 'Notion out of reach', 'busy Notion', 'wrong token'];

/** Situations of each command; each leads to its exit code. */
export const pairs: { readonly [command: string]: readonly string[] } = {
  init: [...always, 'refused pages', 'damaged identity', 'Notion out of reach', 'busy Notion', 'no secret'],
  create: [...always, 'damaged identity', 'no home', 'too many open files', 'no secret'],
  backup: [
    ...writing.filter((name) => name !== 'no store'),
    'refused pages',
    'unknown name',
    'Notion out of reach',
    'interrupted',
    'wrong token',
  ],
  ls: reading,
  cat: reading,
  info: reading,
  digest: reading,
  ui: reading,
  diff: [...reading, 'Notion out of reach', 'wrong token'],
  log: reading,
  blame: reading,
  search: reading,
  locate: reading,
  du: reading,
  status: [...reading, 'gaps'],
  doctor: [...reading, 'wrong token'],
  check: [...reading, 'interrupted'],
  'diag state': reading,
  'diag packfile': reading,
  'diag object': reading,
  'diag snapshot': reading,
  'diag vfs': reading,
  'diag locks': reading,
  repair: writing,
  'repair index': writing,
  'repair packs': writing,
  'repair config': [
    ...[...always, 'damaged identity', 'no store', 'store out of reach', 'too many open files'],
    ...['wrong key', 'later version'],
  ],
  restore: [...reading, 'gaps', 'Notion out of reach', 'interrupted', 'wrong token'],
  dump: [...reading, 'gaps', 'interrupted'],
  rm: writing,
  prune: writing,
  maintenance: writing,
  tag: writing,
  pin: writing,
  unpin: writing,
  acknowledge: writing,
  unlock: reading,
  'sync to': [...writing, 'lost packfiles'],
  'sync from': [...writing, 'lost packfiles'],
  'sync with': [...writing, 'lost packfiles'],
  export: writing,
  run: [...writing, 'refused pages', 'unknown name', 'Notion out of reach', 'wrong token'],
  'schedule install': [...always, 'unknown name', 'no scheduler', 'unreadable crontab', 'no secret'],
  'schedule show': [...always, 'nothing installed', 'unreadable crontab'],
  'schedule remove': [...always, 'nothing installed', 'no scheduler', 'unreadable crontab'],
  drill: [...writing, 'Notion out of reach', 'wrong token'],
  history: always,
  'source add': [...always, 'held settings', 'empty input'],
  'source set': [...settings.changed, 'empty input'],
  'source unset': settings.changed,
  'source show': settings.read,
  'source list': always,
  'source rm': settings.changed,
  'source ping': ping,
  'destination add': [...always, 'held settings', 'empty input'],
  'destination set': [...settings.changed, 'empty input'],
  'destination unset': settings.changed,
  'destination show': settings.read,
  'destination list': always,
  'destination rm': settings.changed,
  'destination ping': ping,
  'store add': [...always, 'held settings', 'empty input'],
  'store set': [...settings.changed, 'empty input'],
  'store unset': settings.changed,
  'store show': settings.read,
  'store list': always,
  'store rm': settings.changed,
  'store ping': [
    ...[...always, 'damaged CONFIG', 'unknown name', 'configured store out of reach', 'too many open files'],
    ...['wrong key', 'later version'],
  ],
  'policy add': [...always, 'held settings'],
  'policy set': settings.changed,
  'policy unset': settings.changed,
  'policy show': settings.read,
  'policy list': always,
  'policy rm': settings.changed,
  'notify add': [...always, 'held settings', 'empty input'],
  'notify set': [...settings.changed, 'empty input'],
  'notify unset': settings.changed,
  'notify show': settings.read,
  'notify list': always,
  'notify rm': settings.changed,
  'notify test': [...always, 'unknown name', 'nobody listens', 'failing command', 'no address'],
  'key list': reading,
  'key add': writing,
  'key remove': writing,
  'key passwd': writing,
  'key rotate-master': [...writing.filter((name) => name !== 'store out of reach'), 'no home'],
  'identity show': [...always, 'damaged identity', 'no home', 'too many open files'],
  'identity list': reading,
  'identity trust': reading,
  'identity rotate': writing,
  'identity revoke': reading,
  'identity adopt': reading,
  'identity export': [...always, 'damaged identity', 'no home', 'too many open files', 'no passphrase'],
  'identity import': [
    ...[...always, 'damaged file', 'no file', 'no home', 'too many open files', 'no passphrase'],
  ],
  'identity encrypt': [...always, 'damaged identity', 'no home', 'too many open files', 'no passphrase'],
  'identity decrypt': [
    ...[
      ...always,
      'damaged identity',
      'no identity',
      'read-only settings',
      'too many open files',
      'no passphrase',
    ],
  ],
  demo: always,
  simulator: always,
  completion: always,
  manual: always,
  schema: [...always, 'unknown schema'],
  help: always,
  version: always,
};

export interface Impossible {
  readonly code: number;
  readonly reason: string;
  /** Names of commands, or of groups of them. */
  readonly commands: readonly string[];
}

const named = ['source', 'destination', 'store', 'policy', 'notify'];
const changes = (...verbs: string[]) => named.flatMap((kind) => verbs.map((verb) => `${kind} ${verb}`));
const ownKey = ['show', 'export', 'import', 'encrypt', 'decrypt'].map((verb) => `identity ${verb}`);
/** Commands that look at nothing but the program itself and a file or two of this machine. */
const alone = ['history', 'demo', 'simulator', 'completion', 'manual', 'schema', 'help', 'version'];
const shown = [
  'ls',
  'cat',
  'info',
  'digest',
  'ui',
  'diff',
  'log',
  'blame',
  'search',
  'locate',
  'du',
  'doctor',
  'diag',
];
const kept = ['rm', 'prune', 'maintenance', 'tag', 'pin', 'unpin', 'acknowledge', 'unlock', 'create'];
const offline = [...named, 'schedule', ...ownKey, ...alone];

/** The reasons why a command cannot end with a code. */
export const impossible: readonly Impossible[] = [
  { code: 3, reason: 'it shows what there is, and gaps are part of what it shows', commands: shown },
  {
    code: 3,
    reason: 'what is damaged or did not come back is 65',
    commands: ['check', 'repair', 'drill', 'export'],
  },
  {
    code: 3,
    reason: 'it is done or it failed',
    commands: [...kept, 'key', 'identity', 'schedule', ...named, ...alone],
  },
  {
    code: 65,
    reason: 'it reads neither a store nor the key of this machine',
    commands: [
      ...['source', 'destination', 'policy', 'notify', 'schedule', ...alone],
      ...['add', 'set', 'unset', 'show', 'list', 'rm'].map((verb) => `store ${verb}`),
    ],
  },
  { code: 66, reason: 'it creates what is not there', commands: ['init', 'create', ...changes('add')] },
  {
    code: 66,
    reason: 'an identity that is not there is created',
    commands: ownKey.filter((each) => !/import|decrypt/.test(each)),
  },
  {
    code: 66,
    reason: 'nothing has to be there',
    commands: [...changes('list'), ...alone.filter((each) => each !== 'schema')],
  },
  {
    code: 69,
    reason: 'it asks nobody but this machine, and where settings cannot be written is 75',
    commands: [...changes('add', 'set', 'unset', 'show', 'list', 'rm'), ...alone],
  },
  {
    code: 75,
    reason: 'it changes nothing, or what the system does at once',
    commands: [...changes('show', 'list'), 'schedule', ...alone],
  },
  {
    code: 77,
    reason: 'it needs no secret',
    commands: [
      ...[
        ...changes('unset', 'show', 'list', 'rm'),
        'policy add',
        'policy set',
        'schedule show',
        'schedule remove',
      ],
      ...['identity show', ...alone],
    ],
  },
  {
    code: 78,
    reason: 'it opens no store',
    commands: [
      'init',
      'create',
      ...offline.filter((each) => each !== 'store'),
      ...changes('add', 'set', 'unset', 'show', 'list', 'rm'),
    ],
  },
];
