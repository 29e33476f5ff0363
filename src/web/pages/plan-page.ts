/** The plan of a restore, with Notion as it is now: the dry run of the command line on a page. Nothing is written. */
import { parseNotionId } from '../../document/notion-id.ts';
import { isKlosetError, KlosetError } from '../../errors.ts';
import { placeIn } from '../../operations/look/open-place.ts';
import type { ShownPlan } from '../../operations/restore/restore-in-place.ts';
import type { VerifiedRestorePlan } from '../../operations/restore/restore-into-notion.ts';
import { objectAddress, withQuery } from '../addresses.ts';
import type { Child } from '../elements.ts';
import { h } from '../elements.ts';
import type { Catalog } from '../reading/catalog.ts';
import type { PlacedObject } from '../reading/objects.ts';
import type { Planned, Planner, Plans } from '../reading/plans.ts';
import type { OpenSnapshot } from '../reading/snapshot.ts';
import type { Ask, Reply } from '../reply.ts';
import { htmlReply, redirect } from '../reply.ts';
import { ageWords, plural, sizeWords, timeWords, words } from '../words.ts';
import { frame } from './parts/frame.ts';
import { trail } from './parts/trail.ts';

/** A small page is planned before the answer goes out; a large one is looked at again. */
const patienceMs = 1500;

/** Lines of one list on the page; the command has them all. */
const maxLines = 200;

export interface Planning {
  readonly planner: Planner;
  readonly plans: Plans;
}

/** `of=in-place`, or `of=copy` with `page`; `again=1` forgets what is known. @throws KlosetError `usage`, `not-found`, `temporary` */
export async function planPage(
  catalog: Catalog,
  { planner, plans }: Planning,
  snapshot: OpenSnapshot,
  object: PlacedObject,
  { query }: Ask,
): Promise<Reply> {
  const page = pageOf(query);
  const address = objectAddress(snapshot.id, object.id);
  const asked = { of: page === undefined ? 'in-place' : 'copy', page };
  const key = `${snapshot.id} ${object.id} ${page ?? 'in place'}`;
  if (query.get('again') === '1') {
    plans.forget(key);
    return redirect(withQuery(`${address}plan`, asked));
  }
  const place = await placeIn(snapshot.reader, object.path);
  const shown =
    page === undefined
      ? planned(await plans.get(key, () => planner.inPlace(place), patienceMs), catalog, inPlaceParts)
      : planned(await plans.get(key, () => planner.copy(place, page), patienceMs), catalog, copyParts);
  const title = (await snapshot.title(object)) || words.untitled;
  return htmlReply(
    await frame(
      { title: `${words.plan.title}: ${title}`, catalog, snapshot, object },
      await trail(snapshot, object),
      h('h1', {}, `${words.plan.title}: `, h('a', { href: address }, title)),
      h('p', {}, words.plan.as(timeWords(snapshot.header.time), page)),
      shown,
      h('p', {}, h('a', { href: withQuery(`${address}plan`, { ...asked, again: 1 }) }, words.plan.again)),
    ),
  );
}

/** The page that a copy would lie below; undefined for a restore in place. @throws KlosetError `usage` */
function pageOf(query: URLSearchParams): string | undefined {
  const of = query.get('of');
  if (of === 'in-place') return undefined;
  const id = of === 'copy' ? parseNotionId((query.get('page') ?? '').trim()) : undefined;
  if (id !== undefined) return id;
  throw new KlosetError('usage', words.plan.noPage, { hint: words.plan.noPageHint });
}

function planned<Plan>(
  found: Planned<Plan>,
  catalog: Catalog,
  parts: (plan: Plan) => readonly Child[],
): readonly Child[] {
  const age = catalog.nowMs - found.atMs;
  if (found.state === 'asking')
    return [h('p', { className: ['reading'], dataReload: '' }, words.plan.asking(ageWords(age)))];
  if (found.state === 'failed') return [h('p', { role: 'alert' }, words.plan.failed(reasonOf(found.error)))];
  return [h('p', {}, words.plan.of(timeWords(new Date(found.atMs).toISOString()))), ...parts(found.plan)];
}

/** The part of an error that is for readers: other errors may hold anything. */
function reasonOf(error: unknown): string {
  if (!isKlosetError(error)) return words.plan.unknownError;
  return error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
}

function inPlaceParts({ counts, changes, ancestors, added, not_in_snapshot }: ShownPlan): readonly Child[] {
  const changed = changes.filter(({ action }) => action === 'change').length;
  const isNothing = changes.length + ancestors.length === 0;
  return [
    h(
      'p',
      {},
      isNothing
        ? words.plan.nothing(plural(counts.compare, 'object'))
        : words.plan.counts({
            untrash: plural(counts.untrash, 'object'),
            create: plural(counts.create, 'object'),
            change: plural(changed, 'object'),
            leave: plural(counts.compare - changed, 'object'),
          }),
    ),
    list(
      words.plan.ancestors,
      ancestors.map(({ kind, title }) => `${kind.replaceAll('_', ' ')} “${title}”`),
    ),
    changes.length === 0 ? undefined : h('h2', {}, words.plan.changes),
    changes.slice(0, maxLines).map(({ action, path, differences }) =>
      h(
        'details',
        { open: changes.length <= 5 },
        h('summary', {}, `${words.plan.actions[action]}: ${path}`),
        h(
          'ul',
          {},
          differences.slice(0, maxLines).map((difference) => h('li', {}, differenceWords(difference))),
          more(differences.length),
        ),
      ),
    ),
    more(changes.length),
    list(
      words.plan.added,
      added.map(({ kind, path }) => `${kind} ${path}`),
    ),
    missingParts(not_in_snapshot),
  ];
}

function differenceWords({
  what,
  name,
  was,
  now,
  left,
}: ShownPlan['changes'][number]['differences'][number]): string {
  const sides = [
    ...(now === undefined ? [] : [words.plan.now(now)]),
    ...(was === undefined ? [] : [words.plan.was(was)]),
    ...(left === undefined ? [] : [words.plan.left(left)]),
  ];
  return [name === undefined ? what : `${what} (${name})`, ...sides].join('; ');
}

function copyParts(plan: VerifiedRestorePlan): readonly Child[] {
  const objects = Object.entries(plan.objects)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${kind.replaceAll('_', ' ')} ${count}`);
  return [
    list(words.plan.creates, objects),
    h(
      'p',
      {},
      words.plan.requests(
        plural(plan.requests, 'request'),
        plural(plan.requestsToVerify, 'request'),
        plural(Math.ceil(plan.minutes), 'minute'),
      ),
    ),
    plan.filesToUpload === 0
      ? undefined
      : h('p', {}, words.plan.uploads(plural(plan.filesToUpload, 'file'), sizeWords(plan.bytesToUpload))),
    h('h2', {}, words.plan.fidelity),
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          words.plan.columns.map((name) => h('th', { scope: 'col' }, name)),
        ),
      ),
      h(
        'tbody',
        {},
        plan.fidelity.map(({ kind, exact, approximated, lost, reasons }) =>
          h(
            'tr',
            {},
            h('th', { scope: 'row' }, kind),
            [exact, approximated, lost].map((count) => h('td', {}, String(count))),
            h('td', {}, reasons.map(({ reason, count }) => `${count}: ${reason}`).join('; ')),
          ),
        ),
      ),
    ),
    list(
      words.plan.errors,
      plan.errors.map(({ path, what, message }) => `${path}: ${what}: ${message}`),
    ),
    missingParts(plan.not_in_snapshot),
  ];
}

function missingParts(missing: ShownPlan['not_in_snapshot']): Child {
  return list(
    words.take.missing(missing.length),
    missing.map(({ path, what, reason }) => `${path}: ${what}: ${reason}`),
  );
}

/** A list under its heading; nothing for an empty one. */
function list(heading: string, lines: readonly string[]): Child {
  if (lines.length === 0) return undefined;
  return [
    h('h2', {}, heading),
    h(
      'ul',
      {},
      lines.slice(0, maxLines).map((line) => h('li', {}, line)),
    ),
    more(lines.length),
  ];
}

function more(count: number): Child {
  return count <= maxLines ? undefined : h('p', {}, words.snapshot.moreGaps(count - maxLines));
}
