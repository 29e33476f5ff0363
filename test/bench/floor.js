/**
 * The fewest requests that can find out what a backup must know, term by term, told from the simulated workspace and
 * not from what the crawler did. Terms are named after the request they count, as `requests.js` names them.
 *
 * Where one may doubt, the term is the smaller one, so that the floor is a hard one: nothing is allowed for asking
 * whose workspace it is, for looking at the end for edits made during the run, or for watching whether old pages
 * vanished.
 */

/** Things one listing shows at most. */
const pageSize = 100;

/**
 * @param {import('../../src/simulator/workspace/state.ts').State} state as it is when the run begins
 * @param {import('./floor.d.ts').RunKind} run
 * @returns {Map<string, number>} requests by kind
 */
export function requestFloor(state, { isFirst, listing, pages, comments }) {
  const isFull = listing === 'everything';
  const read = pages.map((id) => state.pages.get(id)).filter((page) => page !== undefined);
  const objects = state.pages.size + state.dataSources.size;
  const terms = new Map([
    // Members and custom emoji have no change signal: a listing each, every run.
    ['GET users', listings([...state.users.values()].filter(({ isGuest }) => !isGuest).length)],
    ['GET custom_emojis', 1],
    // Everything there is, or only what was edited since, newest first. That nothing was takes one request too.
    // Later runs also list the trash (empty here), to tell deleted pages from hidden ones.
    ['POST search', listings(isFull ? objects : read.length) + (isFirst ? 0 : 1)],
    ['POST data_sources/{id}/query', queries(state, isFull ? undefined : new Set(pages))],
    // A search shows data sources with their schema, but never the database around them.
    ['GET databases/{id}', state.databases.size],
    // The list names views only; neither the list nor a view has a change signal that anything else shows.
    ['GET views', sum(state.databases.values(), ({ views }) => listings(views.length))],
    ['GET views/{id}', sum(state.databases.values(), ({ views }) => views.length)],
    ['GET data_sources/{id}/templates', state.dataSources.size],
    // One listing for a page and one for each block with children; more where there are more than 100 siblings.
    ['GET blocks/{id}/children', sum(read, (page) => blockListings(state, page))],
    ['GET comments', sum(read, (page) => commentListings(state, page, comments))],
    ['GET pages/{id}/properties/{id}', sum(read, cutProperties)],
  ]);
  return new Map([...terms].filter(([, count]) => count > 0));
}

/** All requests of a floor, or of what was counted. @param {ReadonlyMap<string, number>} terms */
export function total(terms) {
  return sum(terms.values(), (count) => count);
}

/** At least one: an empty list must be asked for too. @param {number} items */
function listings(items) {
  return Math.max(1, Math.ceil(items / pageSize));
}

/** A query of the live rows (all, or those of `edited`), and one of the archived ones, of which there are none. */
function queries(state, edited) {
  return sum(state.dataSources.values(), ({ rows }) => {
    const shown = edited === undefined ? rows : rows.filter((id) => edited.has(id));
    return listings(shown.length) + 1;
  });
}

function blockListings(state, holder) {
  const inside = sum(holder.children, (id) => {
    const block = state.blocks.get(id);
    return block === undefined || block.inTrash || block.children.length === 0
      ? 0
      : blockListings(state, block);
  });
  return listings(holder.children.length) + inside;
}

/** Comments are listed page by page and block by block. */
function commentListings(state, page, comments) {
  if (comments === 'none') return 0;
  return 1 + (comments === 'pages' ? 0 : countBlocks(state, page));
}

function countBlocks(state, holder) {
  return sum(holder.children, (id) => {
    const block = state.blocks.get(id);
    return block === undefined || block.inTrash ? 0 : 1 + countBlocks(state, block);
  });
}

/** A page object shows 25 items of a list. */
function cutProperties(page) {
  return sum(Object.values(page.values), (value) =>
    Array.isArray(value) && value.length > 25 ? listings(value.length) : 0,
  );
}

function sum(items, count) {
  let all = 0;
  for (const item of items) all += count(item);
  return all;
}
