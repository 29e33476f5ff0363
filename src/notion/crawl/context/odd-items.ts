/** Items of lists of which an odd answer came (see odd-answer.ts): each is asked for once by its id. */
import type { Gap } from '../../../document/documents.ts';
import type { JsonObject } from '../../../document/json.ts';
import { dashedId } from '../../../document/notion-id.ts';
import { oddObject } from '../../api/odd-answer.ts';
import { gapKindOf } from '../state/crawl-errors.ts';
import { EndOfRun } from '../state/database/end-of-run.ts';
import type { CrawlContext } from './crawl-context.ts';
import { idOf } from './notion-object.ts';
import { reasonOf, statusOf } from './read-api.ts';

/** The list that items stand in. */
export interface ItemList {
  readonly kind: 'block' | 'comment';
  /** The object whose list it is: it stands for an item without an id. */
  readonly owner: string;
}

/** The items of a list, odd ones as they are by themselves. One that stays odd is kept as it came and is a gap. */
export function wholeItems(
  context: CrawlContext,
  { kind, owner }: ItemList,
  items: readonly JsonObject[],
  gaps: Gap[],
): Promise<JsonObject[]> {
  return Promise.all(
    items.map(async (item) => {
      const odd = oddObject(kind, item);
      if (odd === undefined) return item;
      const id = idOf(item);
      if (id === undefined) gaps.push({ what: `${kind}s`, id: owner, reason: `an item of the list: ${odd}` });
      else {
        try {
          return await context.api.getAgain(`${kind}s/${dashedId(id)}`);
        } catch (error) {
          if (error instanceof EndOfRun) throw error;
          gaps.push({ what: kind, id, reason: reasonOf(error) });
        }
      }
      return item;
    }),
  );
}

type ListedKind = 'page' | 'data_source' | 'database';

const listedKinds: readonly ListedKind[] = ['page', 'data_source', 'database'];

/**
 * The objects that a search or query lists, odd ones as they are by themselves. One that stays odd is given as it came:
 * a page or database is told of when it is read, everything else is an error here.
 */
export function wholeListed(context: CrawlContext, items: readonly JsonObject[]): Promise<JsonObject[]> {
  return Promise.all(items.map((item) => wholeObject(context, item)));
}

async function wholeObject(context: CrawlContext, item: JsonObject): Promise<JsonObject> {
  const kind = listedKind(item);
  const odd =
    kind === undefined ? `an object of an unknown kind (${String(item.object)})` : oddObject(kind, item);
  const id = idOf(item);
  if (odd === undefined) return item;
  const kinds = kind === undefined ? listedKinds : [kind];
  for (const each of id === undefined ? [] : kinds) {
    try {
      return await context.api.getAgain(`${each}s/${dashedId(id ?? '')}`);
    } catch (error) {
      if (error instanceof EndOfRun) throw error;
      if (statusOf(error) !== 404 && statusOf(error) !== 400) break;
    }
  }
  const what = kind?.replace('_', ' ') ?? 'object';
  // Pages and databases are read later on, which tells of them.
  if (id === undefined || kind === undefined || kind === 'data_source')
    context.state.errors.add({ owner: id ?? '', kind: gapKindOf(what), what, id: id ?? '', reason: odd });
  return item;
}

function listedKind({ object }: JsonObject): ListedKind | undefined {
  return listedKinds.find((kind) => kind === object);
}
