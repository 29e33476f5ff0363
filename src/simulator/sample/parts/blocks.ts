/** Blocks by type: payloads as answers have them. */
import type { JsonObject } from '../../workspace/json.ts';
import type { BlockSketch, Sketch } from './sample.ts';
import { rich } from './text.ts';

type Content = string | JsonObject[];

export interface Looks {
  readonly color?: string;
  readonly children?: readonly Sketch[];
}

function runs(content: Content): JsonObject[] {
  if (typeof content !== 'string') return content;
  return content === '' ? [] : rich(content);
}

function block(type: string, payload: JsonObject, looks: Looks = {}): BlockSketch {
  return { type, payload, ...(looks.children === undefined ? {} : { children: looks.children }) };
}

function words(type: string, content: Content, looks: Looks, more: JsonObject = {}): BlockSketch {
  return block(type, { rich_text: runs(content), color: looks.color ?? 'default', ...more }, looks);
}

export function paragraph(content: Content, looks: Looks & { readonly icon?: JsonObject } = {}): BlockSketch {
  return words('paragraph', content, looks, { icon: looks.icon ?? null });
}

/** A heading with children is toggleable. */
export function heading(level: 1 | 2 | 3 | 4, content: Content, looks: Looks = {}): BlockSketch {
  return words(`heading_${level}`, content, looks, { is_toggleable: looks.children !== undefined });
}

export function bullet(content: Content, looks: Looks = {}): BlockSketch {
  return words('bulleted_list_item', content, looks);
}

export function numbered(content: Content, looks: Looks & { readonly list?: JsonObject } = {}): BlockSketch {
  return words('numbered_list_item', content, looks, looks.list ?? {});
}

export function toDo(content: Content, checked: boolean, looks: Looks = {}): BlockSketch {
  return words('to_do', content, looks, { checked });
}

export function toggle(content: Content, children: readonly Sketch[], looks: Looks = {}): BlockSketch {
  return words('toggle', content, { ...looks, children });
}

export function quote(content: Content, looks: Looks = {}): BlockSketch {
  return words('quote', content, looks);
}

export function callout(content: Content, icon: JsonObject | null, looks: Looks = {}): BlockSketch {
  return words('callout', content, looks, { icon });
}

export function code(content: Content, language: string, caption: Content = ''): BlockSketch {
  return block('code', { caption: runs(caption), rich_text: runs(content), language });
}

export function equation(expression: string): BlockSketch {
  return block('equation', { expression });
}

export function divider(): BlockSketch {
  return block('divider', {});
}

export function breadcrumb(): BlockSketch {
  return block('breadcrumb', {});
}

export function tableOfContents(color = 'default'): BlockSketch {
  return block('table_of_contents', { color });
}

/** The deprecated template button: what lies in it is copied at each press. */
export function templateButton(content: Content, children: readonly Sketch[]): BlockSketch {
  return block('template', { rich_text: runs(content) }, { children });
}

export function columns(
  ...each: readonly { readonly ratio?: number; readonly of: readonly Sketch[] }[]
): BlockSketch {
  const children = each.map(({ ratio, of }) =>
    block('column', ratio === undefined ? {} : { width_ratio: ratio }, { children: of }),
  );
  return block('column_list', {}, { children });
}

/** A table whose width is that of its first row. */
export function table(
  rows: readonly (readonly Content[])[],
  headers: { readonly column?: boolean; readonly row?: boolean } = {},
): BlockSketch {
  const children = rows.map((cells) => block('table_row', { cells: cells.map(runs) }));
  const payload = {
    table_width: rows[0]?.length ?? 1,
    has_column_header: headers.column ?? false,
    has_row_header: headers.row ?? false,
  };
  return block('table', payload, { children });
}

/** Tabs: paragraphs whose text is the label and whose children are the content. */
export function tabs(
  ...each: readonly { readonly label: string; readonly icon?: JsonObject; readonly of: readonly Sketch[] }[]
): BlockSketch {
  const children = each.map(({ label, icon, of }) =>
    paragraph(label, { children: of, ...(icon === undefined ? {} : { icon }) }),
  );
  return block('tab', {}, { children });
}

export function linkToPage(type: 'page_id' | 'database_id' | 'comment_id', id: string): BlockSketch {
  return block('link_to_page', { type, [type]: id });
}

export function embed(url: string, caption: Content = ''): BlockSketch {
  return block('embed', { caption: runs(caption), url });
}

export function bookmark(url: string, caption: Content = ''): BlockSketch {
  return block('bookmark', { caption: runs(caption), url });
}

export function linkPreview(url: string): BlockSketch {
  return block('link_preview', { url });
}

export type MediaType = 'image' | 'video' | 'pdf' | 'audio' | 'file';

/** A media block whose bytes Notion hosts; `name` shows on file blocks only. */
export function hostedMedia(type: MediaType, key: string, caption: Content = '', name?: string): BlockSketch {
  return media(type, { type: 'file', file: { key } }, caption, name);
}

/** A media block whose bytes lie elsewhere. */
export function externalMedia(
  type: MediaType,
  url: string,
  caption: Content = '',
  name?: string,
): BlockSketch {
  return media(type, { type: 'external', external: { url } }, caption, name);
}

function media(type: MediaType, where: JsonObject, caption: Content, name: string | undefined): BlockSketch {
  return block(type, { caption: runs(caption), ...where, ...(name === undefined ? {} : { name }) });
}

/** The original of a synced block. */
export function synced(id: string, children: readonly Sketch[]): BlockSketch {
  return { ...block('synced_block', { synced_from: null }, { children }), id };
}

export function syncedCopy(originalId: string): BlockSketch {
  return block('synced_block', { synced_from: { type: 'block_id', block_id: originalId } });
}

/** A block the API does not show; some say what it is, some hold children nobody can list. */
export function unsupported(blockType?: string, children: readonly Sketch[] = []): BlockSketch {
  const payload = blockType === undefined ? {} : { block_type: blockType };
  return block('unsupported', payload, children.length === 0 ? {} : { children });
}
