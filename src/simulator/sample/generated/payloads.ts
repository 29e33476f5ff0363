/** Contents of the blocks of a generated page. */
import type { JsonObject } from '../../workspace/json.ts';
import type { Random } from '../../workspace/random.ts';
import { colours, rich, text } from '../parts/text.ts';
import type { PlannedBlock } from './layout.ts';
import { phrase, pick, richWords } from './words.ts';

/** Objects that a payload may refer to. */
export interface Surroundings {
  /** Id of the block with this number on the same page. */
  blockId(number: number): string;
  /** Id of some other page. */
  somePageId(random: Random): string;
}

const languages = ['typescript', 'python', 'sql', 'plain text', 'json', 'rust', 'bash'];
const nativeIcons = ['rocket', 'star', 'leaf', 'home', 'bike'];

/** The payload of `block`; the same for the same randomness. */
export function payloadOf(block: PlannedBlock, random: Random, around: Surroundings): JsonObject {
  const { type } = block;
  switch (type) {
    case 'heading_1':
    case 'heading_2':
    case 'heading_3':
    case 'heading_4':
      return { ...words(random, 1, 6), is_toggleable: block.children.length > 0 };
    case 'paragraph':
      return { ...words(random, 4, 60), icon: null };
    case 'callout':
      return { ...words(random, 3, 25), icon: icon(random) };
    case 'to_do':
      return { ...words(random, 2, 10), checked: random.chance(0.5) };
    case 'code':
      return {
        caption: random.chance(0.2) ? rich(phrase(random, 1, 4)) : [],
        rich_text: [text(Array.from({ length: 1 + random.below(8) }, () => phrase(random, 2, 9)).join('\n'))],
        language: pick(random, languages),
      };
    case 'equation':
      return { expression: `\\sum_{i=${random.below(10)}}^{${10 + random.below(90)}} i^${random.below(5)}` };
    case 'table':
      return tablePayload(block, random);
    case 'table_row':
      return { cells: Array.from({ length: block.detail }, () => rich(phrase(random, 1, 4))) };
    case 'template':
      return { rich_text: rich(phrase(random, 2, 5)) };
    case 'synced_block':
      return syncedPayload(block, around);
    case 'meeting_notes':
      return meetingPayload(block, random, around);
    default:
      return otherPayload(block, random, around);
  }
}

function otherPayload(block: PlannedBlock, random: Random, around: Surroundings): JsonObject {
  const url = `https://example.com/${phrase(random, 1, 3).replaceAll(' ', '/')}?id=${random.below(100_000)}`;
  switch (block.type) {
    case 'bulleted_list_item':
    case 'numbered_list_item':
    case 'toggle':
    case 'quote':
      return words(random, 2, 30);
    case 'divider':
    case 'breadcrumb':
    case 'column_list':
    case 'tab':
      return {};
    case 'column':
      return { width_ratio: 0.5 };
    case 'table_of_contents':
      return { color: 'gray' };
    case 'link_preview':
      return { url };
    case 'bookmark':
    case 'embed':
      return { caption: random.chance(0.2) ? rich(phrase(random, 1, 5)) : [], url };
    case 'link_to_page':
      return { type: 'page_id', page_id: around.somePageId(random) };
    case 'unsupported':
      return { block_type: pick(random, ['button', 'form', 'ai_block']) };
    case 'file':
      return { caption: [], type: 'external', external: { url: `${url}.zip` }, name: 'file.zip' };
    default:
      return {
        caption: [],
        type: 'external',
        external: { url: `https://media.example.com/${random.below(1e6)}.bin` },
      };
  }
}

function words(random: Random, least: number, most: number): JsonObject {
  return {
    rich_text: random.chance(0.03) ? [] : richWords(random, least, most),
    color: random.chance(0.1) ? pick(random, colours) : 'default',
  };
}

function icon(random: Random): JsonObject | null {
  if (random.chance(0.3)) return null;
  if (random.chance(0.5)) return { type: 'emoji', emoji: pick(random, ['💡', '⚠️', '📌', '🧪']) };
  return { type: 'icon', icon: { name: pick(random, nativeIcons), color: 'blue' } };
}

function tablePayload(block: PlannedBlock, random: Random): JsonObject {
  // All rows of a planned table have the same width; it is kept with them.
  return {
    table_width: block.detail,
    has_column_header: random.chance(0.5),
    has_row_header: random.chance(0.2),
  };
}

function syncedPayload(block: PlannedBlock, around: Surroundings): JsonObject {
  if (block.detail === 0) return { synced_from: null };
  return { synced_from: { type: 'block_id', block_id: around.blockId(block.detail - 1) } };
}

function meetingPayload(block: PlannedBlock, random: Random, around: Surroundings): JsonObject {
  const [summary = 0, notes = 0, transcript = 0] = block.children;
  return {
    title: rich(phrase(random, 2, 4)),
    status: 'notes_ready',
    children: {
      summary_block_id: around.blockId(summary),
      notes_block_id: around.blockId(notes),
      transcript_block_id: around.blockId(transcript),
    },
  };
}
