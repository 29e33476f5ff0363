/** Everything in which a page differs from the snapshot, with the requests that change it back. */
import type { BlockNode, Gap } from '../../../document/documents.ts';
import type { JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../../document/json.ts';
import { compactId, decodedPropertyId } from '../../../document/notion-id.ts';
import type { BlockChange } from '../changed-blocks/block-changes.ts';
import { blockChanges } from '../changed-blocks/block-changes.ts';
import { partOfBlocks } from '../changed-blocks/block-part.ts';
import type { BlockFacts } from '../changed-blocks/kept-blocks.ts';
import { leadsToCreated, referencesOf, withToCome } from '../changed-blocks/to-come.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import { rowContext } from '../pages/create-page.ts';
import { targetProperties } from '../pages/target-property.ts';
import type { Conversion } from '../requests/conversion.ts';
import { relationReferences } from '../requests/references.ts';
import type { RestoreContext } from '../requests/restore-context.ts';
import { appearanceChanges } from './appearance-changes.ts';
import { blockDifference, leftBlocks, misplacedDifferences } from './block-differences.ts';
import type { Difference } from './differences.ts';
import { short } from './differences.ts';
import type { InPlaceRun } from './in-place-run.ts';
import { isWhole } from './in-place-run.ts';
import type { Placement } from './placement.ts';
import { placementOf } from './placement.ts';
import type { PresentPage } from './present-state.ts';
import { sourceNow, withKnownFiles } from './present-state.ts';
import { propertyChanges } from './property-changes.ts';

/** A page of the snapshot with the parts that are not in it. */
export interface PageBefore {
  readonly page: JsonObject;
  readonly blocks: readonly BlockNode[];
  readonly comments: readonly JsonObject[];
  readonly gaps: readonly Gap[];
}

export interface PageChanges {
  readonly differences: readonly Difference[];
  /** The body of the request that changes the page itself; empty for none. */
  readonly body: JsonObject;
  readonly placement: Placement | undefined;
  readonly blocks: readonly BlockChange[];
}

/** Compares a page with the snapshot's. `conversion` collects the files that the changes need. */
export async function pageChanges(
  context: RestoreContext,
  run: InPlaceRun,
  object: RestoredObject,
  states: { readonly was: PageBefore; readonly now: PresentPage },
  conversion: Conversion,
): Promise<PageChanges> {
  const { was } = states;
  const now = knownPage(states.now, was);
  if (isWhole(run.part) && isSamePage(was, now) && !leadsToCreated(context.journal, referencesOf(was)))
    return { differences: commentDifferences(was, now), body: {}, placement: undefined, blocks: [] };
  await resolveReferences(context, was);
  const { page, blocks } = run.part.properties === undefined ? was : { ...was, blocks: [] };
  const properties =
    run.part.block === undefined
      ? await valueChanges(context, run, object, { was, now }, conversion)
      : { differences: [], values: {} };
  const body: JsonObject =
    Object.keys(properties.values).length === 0 ? {} : { properties: properties.values };
  if (!isWhole(run.part)) {
    const changes =
      run.part.block === undefined
        ? []
        : partOfBlocks(
            run.part.block,
            object.id,
            { was: blocks, is: now.blocks },
            conversion,
            blockFacts(run, was.gaps),
          );
    return {
      differences: [...properties.differences, ...changes.map(blockDifference)],
      body,
      placement: undefined,
      blocks: changes,
    };
  }
  const state = stateChanges(page, now.page);
  const looks = appearanceChanges(page, now.page, object, conversion);
  const placement = await placementOf(context, object, page, now.page);
  const facts = blockFacts(run, was.gaps);
  const lists = { parent: object.id, was: blocks, is: now.blocks };
  const changes = blockChanges(lists, withToCome(context.journal, conversion), facts);
  return {
    differences: [
      ...state.differences,
      ...(placement?.differences ?? []),
      ...properties.differences,
      ...looks.differences,
      ...changes.map(blockDifference),
      ...leftBlocks({ was: blocks, is: now.blocks }),
      ...misplacedDifferences({ was: blocks, is: now.blocks }, facts),
      ...commentDifferences(was, now),
    ],
    body: { ...body, ...looks.body, ...state.body },
    placement,
    blocks: changes,
  };
}

/** The page now, with what the snapshot knows of files that lie where they lay. */
function knownPage(now: PresentPage, was: PageBefore): PresentPage {
  const before = [was.page, ...was.blocks];
  return {
    ...now,
    page: withKnownFiles(now.page, before),
    blocks: now.blocks.map((block) => withKnownFiles(block, before)),
  };
}

async function resolveReferences(context: RestoreContext, was: PageBefore): Promise<void> {
  await context.target.resolveLimits();
  await context.target.resolve([...referencesOf(was), ...relationReferences(was.page)]);
}

/** True when nothing that a restore could change differs; most pages of most restores are so. */
function isSamePage(was: PageBefore, now: PresentPage): boolean {
  const form = ({ page, blocks }: Pick<PageBefore, 'page' | 'blocks'>) => {
    const { properties, icon, cover, parent, in_trash, is_archived, is_locked } = page;
    return JSON.stringify([
      [properties ?? null, icon ?? null, cover ?? null, parent ?? null],
      [in_trash === true, is_archived === true, is_locked === true],
      blocks,
    ]);
  };
  return form(was) === form(now);
}

/** Archive and lock: set since, they are lifted; lifted since, they are set again. */
export function stateChanges(
  was: JsonObject,
  now: JsonObject,
): { readonly differences: readonly Difference[]; readonly body: JsonObject } {
  const differences: Difference[] = [];
  const body: JsonObject = {};
  for (const [key, what, words] of [
    ['is_archived', 'archived', ['archived', 'not archived']],
    ['is_locked', 'lock', ['locked', 'not locked']],
  ] as const) {
    const [before, current] = [was[key] === true, now[key] === true];
    if (before === current) continue;
    body[key] = before;
    differences.push({ what, was: words[before ? 0 : 1], now: words[current ? 0 : 1] });
  }
  return { differences, body };
}

async function valueChanges(
  context: RestoreContext,
  run: InPlaceRun,
  object: RestoredObject,
  { was, now }: { readonly was: PageBefore; readonly now: PresentPage },
  conversion: Conversion,
) {
  const source = compactId(stringAt(objectAt(was.page, 'parent'), 'data_source_id') ?? object.source ?? '');
  const isRow = source !== '' || stringAt(objectAt(was.page, 'parent'), 'database_id') !== undefined;
  const isInside = context.journal.objects.has(context.journal.dataSources.get(source)?.owner ?? '');
  const schema = isRow && !isInside ? await sourceNow(context.api, run, source) : undefined;
  const copyOf = (property: JsonObject) =>
    context.journal.ids.copyOfProperty(source, stringAt(property, 'id') ?? '');
  const row = rowContext(context, isInside ? source : null, conversion);
  return propertyChanges({
    page: object.id,
    was: was.page,
    now: now.page,
    gaps: was.gaps,
    isRow,
    row: schema === undefined ? row : { ...row, target: targetProperties(propertiesOf(schema)) },
    ...(run.part.properties === undefined ? {} : { only: run.part.properties }),
    nameNow: (property, name) =>
      isWhole(run.part) && isInside
        ? (copyOf(property) ?? (row.target(property)?.name || name))
        : nameIn(schema, now.page, property, name),
    idNow: (property) => copyOf(property) ?? stringAt(property, 'id') ?? '',
  });
}

/** The name of a property now, from the schema or the page itself. */
function nameIn(
  schema: JsonObject | undefined,
  page: JsonObject,
  property: JsonObject,
  name: string,
): string | undefined {
  const id = decodedPropertyId(stringAt(property, 'id') ?? '');
  const present = objectAt(schema ?? page, 'properties') ?? {};
  const found = Object.entries(present).find(
    ([, other]) => decodedPropertyId(stringAt(other, 'id') ?? '') === id,
  );
  if (found !== undefined) return found[0];
  const named = Object.hasOwn(present, name) ? present[name] : undefined;
  return stringAt(named, 'type') === property.type ? name : undefined;
}

function propertiesOf(source: JsonObject): JsonObject[] {
  return Object.values(objectAt(source, 'properties') ?? {}).filter(isObject);
}

function blockFacts({ copies }: InPlaceRun, gaps: readonly Gap[]): BlockFacts {
  return {
    lists: new Set(gaps.filter(({ what }) => what !== 'comments').map(({ id }) => compactId(id))),
    isCreated: (id) => copies?.has(id) === true,
  };
}

/** Comments that are not there any more: resolved ones cannot be told from deleted ones, and are not written again. */
function commentDifferences(was: PageBefore, now: PresentPage): Difference[] {
  if (now.comments === undefined || now.gaps.some(({ what }) => what === 'comments')) return [];
  const present = new Set(now.comments.map((comment) => stringAt(comment, 'id')));
  const missing = was.comments.filter((comment) => !present.has(stringAt(comment, 'id')));
  if (missing.length === 0) return [];
  return [
    {
      what: 'comments',
      was: short(missing.map((comment) => wordsOf(comment)).join(' / ')),
      now: `${missing.length} not there any more`,
      left: 'a resolved comment cannot be told from a deleted one',
    },
  ];
}

function wordsOf(comment: JsonObject): string {
  return arrayAt(comment, 'rich_text')
    .map((run) => stringAt(run, 'plain_text') ?? '')
    .join('');
}
