/** The plan of an object that is created again: the place it comes to, and what of it does not come back exactly. */
import type { BlockNode, DatabaseDocument, PageDocument } from '../../../../document/documents.ts';
import type { JsonObject } from '../../../../document/json.ts';
import { stringAt } from '../../../../document/json.ts';
import type { CompactId } from '../../../../document/notion-id.ts';
import { compactId } from '../../../../document/notion-id.ts';
import { convertBlocks } from '../../blocks/block-payload.ts';
import { isObjectBlock } from '../../changed-blocks/kept-blocks.ts';
import { noteDatabaseLosses } from '../../databases/database-losses.ts';
import type { RestoredObject } from '../../journal/tables/objects.ts';
import { notePageLosses } from '../../pages/page-losses.ts';
import type { Conversion } from '../../requests/conversion.ts';
import {
  blockReferences,
  pageReferences,
  relationReferences,
  valueReferences,
} from '../../requests/references.ts';
import type { RestoreContext } from '../../requests/restore-context.ts';
import { siblingsInSnapshot } from '../../requests/target-parent.ts';
import { readDatabase, readPage } from '../../snapshot/snapshot-documents.ts';
import type { Difference } from '../differences.ts';
import { planningConversion } from './planned-losses.ts';

/** The differences of an object that is created again, as the plan tells them; comments only where they are restored. */
export async function createdDifferences(
  context: RestoreContext,
  object: RestoredObject,
  comments: boolean,
): Promise<Difference[]> {
  const { conversion, losses } = planningConversion(context.journal, context.target.conversion(object.path));
  await context.target.resolveLimits();
  const places = await placeDifferences(context, object);
  if (object.kind === 'database') {
    const document = await readDatabase(context.snapshot, object.path);
    await noteDatabase(context, object, document, conversion);
    return [...places, ...losses];
  }
  const document = await readPage(context.snapshot, object.path);
  await notePage(context, object, document, conversion);
  return [...places, ...losses, ...(comments ? commentDifferences(document) : [])];
}

async function notePage(
  context: RestoreContext,
  object: RestoredObject,
  { page, blocks }: PageDocument,
  conversion: Conversion,
): Promise<void> {
  const { journal, target } = context;
  await target.resolve([
    ...pageReferences(page),
    ...relationReferences(page),
    ...blocks.flatMap((block) => [...blockReferences(block)]),
  ]);
  notePageLosses(context, object, page, conversion);
  const isCreatedBeside = (block: BlockNode) =>
    isObjectBlock(block) && journal.objects.has(compactId(stringAt(block, 'id') ?? ''));
  convertBlocks(
    blocks.filter((block) => !isCreatedBeside(block)),
    conversion,
  );
}

async function noteDatabase(
  context: RestoreContext,
  object: RestoredObject,
  document: DatabaseDocument,
  conversion: Conversion,
): Promise<void> {
  const { database, data_sources } = document;
  const parts = [database ?? {}, ...data_sources].flatMap(({ title, description, icon }) => [
    title ?? null,
    description ?? null,
    icon ?? null,
  ]);
  await context.target.resolve(valueReferences(parts));
  if (!object.isLinked) noteDatabaseLosses(context.journal, object.id, document, conversion);
}

function commentDifferences({ comments }: PageDocument): Difference[] {
  if (comments.length === 0) return [];
  return [
    {
      what: 'approximated',
      name: comments.length === 1 ? 'comment' : `${comments.length} comments`,
      now: 'author and time stand in its text',
    },
  ];
}

/** A page comes back behind what it stood behind; a database, or a page that lay in a block, at the end of its page. */
async function placeDifferences(context: RestoreContext, object: RestoredObject): Promise<Difference[]> {
  if (object.source !== null) return [];
  const siblings = await siblingsInSnapshot(context, object);
  if (siblings === undefined) return [];
  const place = siblings.findIndex((block) => idOf(block) === object.id);
  const follow = siblings.slice(place + 1);
  const isCreated = (block: JsonObject) => context.journal.inPlace.actionFor(idOf(block)) === 'create';
  if (place !== -1 && (object.kind === 'page' || follow.every(isCreated))) return [];
  const was = place === -1 ? 'inside a block' : `block ${place + 1} of ${siblings.length}`;
  return [{ what: 'position', was, left: `a ${object.kind} comes to the end of its page there` }];
}

function idOf(block: JsonObject): CompactId {
  return compactId(stringAt(block, 'id') ?? '');
}
