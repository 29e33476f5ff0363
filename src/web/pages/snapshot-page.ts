/** The first page of a snapshot: what it has at the top, and what it lacks. */
import { leftOutIn } from '../../document/selection/left-out.ts';
import { leftOutLine } from '../../operations/documents/left-out.ts';
import { manifestGaps } from '../../operations/look/manifest-gaps.ts';
import { objectAddress, snapshotAddress } from '../addresses.ts';
import { h } from '../elements.ts';
import type { Catalog } from '../reading/catalog.ts';
import type { OpenSnapshot } from '../reading/snapshot.ts';
import type { Reply } from '../reply.ts';
import { htmlReply } from '../reply.ts';
import { timeWords, words } from '../words.ts';
import { countWords, stateOf } from './home.ts';
import { frame } from './parts/frame.ts';

const maxGaps = 100;
const maxTop = 200;

export async function snapshotPage(catalog: Catalog, snapshot: OpenSnapshot): Promise<Reply> {
  const { header, known } = snapshot;
  const title = words.snapshot.title(header.name);
  const { objects } = await snapshot.objects.below('/');
  const top = await Promise.all(
    objects
      .slice(0, maxTop)
      .map(async (object) =>
        h(
          'li',
          {},
          h(
            'a',
            { href: objectAddress(snapshot.id, object.id) },
            (await snapshot.title(object)) || words.untitled,
          ),
        ),
      ),
  );
  const manifest = await snapshot.manifest();
  const gaps = manifestGaps(manifest);
  const leftOut = leftOutIn(manifest);
  return htmlReply(
    await frame(
      { title, catalog, snapshot },
      h('h1', {}, title),
      h('p', {}, `${timeWords(header.time)}: ${countWords(header.counts)}; `, stateOf(known)),
      leftOut === undefined ? undefined : h('p', {}, words.snapshot.part(leftOutLine(leftOut))),
      h('p', {}, h('a', { href: `${snapshotAddress(snapshot.id)}changes` }, words.snapshot.changes)),
      h('h2', {}, words.snapshot.top),
      h('ul', {}, top),
      gaps.length === 0
        ? undefined
        : [
            h('h2', {}, words.snapshot.gaps),
            h(
              'ul',
              { className: ['gaps'] },
              gaps.slice(0, maxGaps).map((gap) => h('li', {}, gap)),
            ),
            gaps.length > maxGaps ? h('p', {}, words.snapshot.moreGaps(gaps.length - maxGaps)) : undefined,
          ],
    ),
  );
}
