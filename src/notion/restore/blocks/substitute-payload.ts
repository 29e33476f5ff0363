/** Substitutes for blocks no request can create. */
import { isObject, stringAt } from '../../../document/json.ts';
import { boundedRuns, textRuns } from '../requests/rich-text.ts';
import type { Source } from './block-source.ts';
import { approximate, lose, node } from './block-source.ts';
import { address } from './link-payload.ts';
import { text } from './text-payload.ts';
import type { WriteNode } from './write-node.ts';
import { writeNode } from './write-node.ts';

/** A template button as a toggle. */
export function templateButton(source: Source): WriteNode[] {
  approximate(source, 'the API refuses template buttons: written as a toggle');
  return text({ ...source, type: 'toggle' }, {});
}

/** A link preview as a bookmark. */
export function linkPreview(source: Source): WriteNode[] {
  approximate(source, 'no request can write it: written as a bookmark');
  return address({ ...source, type: 'bookmark' });
}

/** A toggle with the title, holding one toggle for each of summary, notes and transcript. */
export function meetingNotes(source: Source): WriteNode[] {
  approximate(source, 'no request can write meeting notes: written as toggles');
  const sections = Object.entries(isObject(source.block.sections) ? source.block.sections : {});
  const nested = sections.flatMap(([name, blocks]) => {
    const children = Array.isArray(blocks) ? source.convert(blocks) : [];
    return children.length === 0
      ? []
      : [writeNode('toggle', { rich_text: textRuns(sectionName(name)) }, { children })];
  });
  const children = [...nested, ...source.convert(source.block.children ?? [])];
  const title = boundedRuns(source.payload.title, source.id, source.conversion);
  return [
    node(
      { ...source, type: 'toggle' },
      { rich_text: title.length > 0 ? title : textRuns('Meeting notes') },
      children,
    ),
  ];
}

function sectionName(name: string): string {
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1).replaceAll('_', ' ')}`;
}

/** A block of a type unknown or hidden: a marker where markers are wanted, and the blocks below it. */
export function unsupported(source: Source): WriteNode[] {
  const kind = stringAt(source.payload, 'block_type');
  const what = kind === undefined ? source.type || 'unknown' : `${source.type} (${kind})`;
  const marker = lose(source, 'the API neither shows nor writes it', what);
  return [...marker, ...source.convert(source.block.children ?? [])];
}
