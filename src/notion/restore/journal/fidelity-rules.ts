/**
 * The rules by which a restore brings back each kind of thing, as far as its kind alone decides it. What depends on the
 * single thing (a person who is not in the target, a text too long) is noted while it is converted.
 */
import type { KnownBlockType } from '../../../document/block-types.ts';
import type {
  KnownPropertyType,
  ReadOnlyPropertyType,
  WritablePropertyType,
} from '../../../document/property-types.ts';

/** `exact` unless something noted says otherwise. */
export interface FidelityRule {
  readonly kind: string;
  readonly outcome: 'exact' | 'approximated' | 'lost';
  /** The substitute of what is approximated, or the reason of a loss. */
  readonly how?: string;
}

type Outcome = Omit<FidelityRule, 'kind'>;

const exact: Outcome = { outcome: 'exact' };
const approximated = (how: string): Outcome => ({ outcome: 'approximated', how });
const lost = (how: string): Outcome => ({ outcome: 'lost', how });

const blocks: Readonly<Record<KnownBlockType, Outcome>> = {
  paragraph: exact,
  heading_1: exact,
  heading_2: exact,
  heading_3: exact,
  heading_4: exact,
  bulleted_list_item: exact,
  numbered_list_item: exact,
  to_do: exact,
  toggle: exact,
  quote: exact,
  callout: exact,
  code: exact,
  equation: exact,
  divider: exact,
  breadcrumb: exact,
  table_of_contents: exact,
  synced_block: exact,
  column_list: exact,
  column: exact,
  table: exact,
  table_row: exact,
  tab: exact,
  link_to_page: exact,
  embed: exact,
  bookmark: exact,
  image: exact,
  video: exact,
  audio: exact,
  pdf: exact,
  file: exact,
  child_page: exact,
  child_database: exact,
  template: approximated('written as a toggle'),
  link_preview: approximated('written as a bookmark'),
  meeting_notes: approximated('written as toggles: summary, notes, transcript'),
  transcription: approximated('written as toggles: summary, notes, transcript'),
  unsupported: lost('the API neither shows nor writes it'),
};

/** Definitions of properties: type, options, formula. */
const properties: Readonly<Record<KnownPropertyType, Outcome>> = {
  title: exact,
  rich_text: exact,
  number: exact,
  select: exact,
  multi_select: exact,
  status: exact,
  date: exact,
  people: exact,
  files: exact,
  checkbox: exact,
  url: exact,
  email: exact,
  phone_number: exact,
  relation: exact,
  rollup: exact,
  formula: exact,
  unique_id: exact,
  created_time: exact,
  created_by: exact,
  last_edited_time: exact,
  last_edited_by: exact,
  place: exact,
  button: lost('no request can create it'),
  verification: lost('no request can create it'),
  location: lost('no request can create it'),
  last_visited_time: lost('no request can create it'),
};

const writableValues: Readonly<Record<WritablePropertyType, Outcome>> = {
  title: exact,
  rich_text: exact,
  number: exact,
  select: exact,
  multi_select: exact,
  status: exact,
  date: exact,
  people: exact,
  files: exact,
  checkbox: exact,
  url: exact,
  email: exact,
  phone_number: exact,
  relation: exact,
  place: exact,
};

/** The reasons why values no request can set are lost. */
export const readOnlyReasons: Readonly<Record<ReadOnlyPropertyType, string>> = {
  formula: 'computed again by Notion',
  rollup: 'computed again by Notion',
  created_time: 'Notion sets it to the time of the restore',
  created_by: 'Notion sets it to the connection',
  last_edited_time: 'Notion sets it to the time of the restore',
  last_edited_by: 'Notion sets it to the connection',
  unique_id: 'Notion numbers the rows of the copy itself',
  button: 'no request can create the property',
  verification: 'no request can create the property',
  location: 'no request can create the property',
  last_visited_time: 'no request can create the property',
};

/** Kinds other than types of blocks and properties. */
const otherKinds: { readonly [kind: string]: Outcome } = {
  'view table': exact,
  'view board': exact,
  'view list': exact,
  'view calendar': exact,
  'view timeline': exact,
  'view gallery': exact,
  'view chart': exact,
  'view map': exact,
  'view form': approximated('the API does not show the questions of a form'),
  'view dashboard': approximated('heights of rows and widths of widgets cannot be set'),
  'comment on a page': approximated('author and time stand in its text'),
  'comment on a block': approximated('author and time stand in its text'),
  'page template': approximated('restored as a row like any other'),
};

const mentions: { readonly [type: string]: Outcome } = {
  user: exact,
  page: exact,
  database: exact,
  date: exact,
  custom_emoji: exact,
  template_mention: exact,
  link_preview: approximated('written as a linked text'),
  link_mention: approximated('written as a linked text'),
};

const icons: { readonly [type: string]: Outcome } = {
  emoji: exact,
  external: exact,
  file: exact,
  custom_emoji: exact,
  icon: exact,
};

const covers: { readonly [type: string]: Outcome } = { external: exact, file: exact };

/** Every kind the writer knows, and what comes back of it. */
export const fidelityRules: readonly FidelityRule[] = [
  ...rules('block ', blocks),
  ...rules('mention ', mentions),
  ...rules('icon ', icons),
  ...rules('cover ', covers),
  ...rules('property ', properties),
  ...rules('value ', writableValues),
  ...Object.entries(readOnlyReasons).map(
    ([type, reason]): FidelityRule => ({ kind: `value ${type}`, ...lost(reason) }),
  ),
  ...rules('', otherKinds),
];

function rules(prefix: string, outcomes: { readonly [type: string]: Outcome }): FidelityRule[] {
  return Object.entries(outcomes).map(([type, outcome]) => ({ kind: `${prefix}${type}`, ...outcome }));
}
