/** The pages and databases that changed in a snapshot, since the one before or since any other. */
import type { ObjectDifference } from '../../operations/history/diff-snapshots.ts';
import { diffSnapshots } from '../../operations/history/diff-snapshots.ts';
import { objectAddress, withQuery } from '../addresses.ts';
import type { Element } from '../elements.ts';
import { h } from '../elements.ts';
import type { Catalog } from '../reading/catalog.ts';
import type { OpenSnapshot } from '../reading/snapshot.ts';
import type { Ask, Reply } from '../reply.ts';
import { htmlReply } from '../reply.ts';
import { timeWords, words } from '../words.ts';
import { changeList, summaryOf } from './parts/change-list.ts';
import { frame } from './parts/frame.ts';

/** Objects on one page; the rest is counted by the command `diff`. */
const maxObjects = 300;

export async function changesPage(catalog: Catalog, snapshot: OpenSnapshot, { query }: Ask): Promise<Reply> {
  const { source } = snapshot.header;
  const others = (await catalog.readable()).filter(({ header }) => header?.source === source);
  const place = others.findIndex(({ id }) => id === snapshot.id);
  const word = query.get('since') ?? others.slice(place + 1).find(({ isAutomatic }) => !isAutomatic)?.id;
  const before = word === undefined ? undefined : await catalog.open(word);
  const title = words.time.changed(timeWords(snapshot.header.time));
  if (before === undefined)
    return htmlReply(
      await frame({ title, catalog, snapshot }, h('h1', {}, title), h('p', {}, words.snapshot.first)),
    );
  const found: ObjectDifference[] = [];
  let isCut = false;
  const sides = [before, snapshot].map(({ reader }) => ({ snapshot: reader, path: '/' }));
  const [old, now] = sides;
  if (old === undefined || now === undefined) throw new Error('two sides');
  for await (const difference of diffSnapshots(old, now)) {
    if (found.length >= maxObjects) {
      isCut = true;
      break;
    }
    found.push(difference);
  }
  const choice = h(
    'form',
    { className: ['find'] },
    h(
      'label',
      {},
      `${words.time.since} `,
      h(
        'select',
        { name: 'since' },
        others
          .filter(({ id }) => id !== snapshot.id)
          .slice(0, 200)
          .map(({ id, header }) =>
            h(
              'option',
              { value: id.slice(0, 16), selected: id === before.id },
              timeWords(header?.time ?? ''),
            ),
          ),
      ),
    ),
    h('button', { type: 'submit' }, words.frame.go),
  );
  return htmlReply(
    await frame(
      { title, catalog, snapshot },
      h('h1', {}, title),
      choice,
      found.length === 0 ? h('p', {}, words.time.nothing) : undefined,
      h(
        'ul',
        { className: ['changes'] },
        found.map((each) => item(each, before, snapshot)),
      ),
      isCut
        ? h('p', {}, words.time.cut(maxObjects, before.id.slice(0, 8), snapshot.id.slice(0, 8)))
        : undefined,
    ),
  );
}

function item(
  { kind, id, object, title, path, movedFrom, reason, changes }: ObjectDifference,
  before: OpenSnapshot,
  after: OpenSnapshot,
): Element {
  const isGone = kind === 'removed' || kind === 'unknown';
  const address = objectAddress((isGone ? before : after).id, id);
  const href =
    kind === 'changed' && object === 'page' ? withQuery(address, { with: before.id.slice(0, 16) }) : address;
  const summary = summaryOf(changes);
  return h(
    'li',
    { className: [kind] },
    h('span', { className: ['kind'] }, words.time.objectKinds[kind]),
    ' ',
    h('a', { href }, title || words.untitled),
    summary === '' ? undefined : `: ${summary}`,
    h('p', { className: ['caption'] }, path.replace(/~[0-9a-f]+(?=\/|$)/g, '')),
    movedFrom === undefined
      ? undefined
      : h(
          'p',
          { className: ['caption'] },
          `${words.time.movedFrom} ${movedFrom.replace(/~[0-9a-f]+(?=\/|$)/g, '')}`,
        ),
    reason === undefined ? undefined : h('p', {}, `${words.time.reason} ${reason}`),
    changes.length === 0
      ? undefined
      : h('details', {}, h('summary', {}, words.time.count(changes.length)), changeList(changes)),
  );
}
