/**
 * The fidelity of a restore by kind of thing, as far as the kind alone decides it. Losses that depend on the single thing
 * (a person who is not in the target, a text too long) are noted while it is converted.
 */
import type { Journal } from './journal.ts';
import type { ReasonCount } from './tables/notes.ts';

/** `exact` unless something noted says otherwise. */
export interface FidelityRule {
  readonly kind: string;
  readonly outcome: 'exact' | 'approximated' | 'lost';
  /** The approximation, or the reason it is lost. */
  readonly how?: string;
}

function exact(prefix: string, names: string): FidelityRule[] {
  return names.split(' ').map((name) => ({ kind: `${prefix} ${name}`, outcome: 'exact' }));
}

function partial(
  outcome: 'approximated' | 'lost',
  entries: { readonly [kind: string]: string },
): FidelityRule[] {
  return Object.entries(entries).map(([kind, how]) => ({ kind, outcome, how }));
}

/** Every kind the writer knows, with its fidelity. */
export const fidelityRules: readonly FidelityRule[] = [
  ...exact(
    'block',
    'paragraph heading_1 heading_2 heading_3 heading_4 bulleted_list_item numbered_list_item to_do toggle quote callout ' +
      'code equation divider breadcrumb table_of_contents synced_block column_list column table table_row tab ' +
      'link_to_page embed bookmark image video audio pdf file child_page child_database',
  ),
  ...partial('approximated', {
    'block template': 'written as a toggle',
    'block link_preview': 'written as a bookmark',
    'block meeting_notes': 'written as toggles: summary, notes, transcript',
    'block transcription': 'written as toggles: summary, notes, transcript',
  }),
  ...partial('lost', { 'block unsupported': 'the API neither shows nor writes it' }),
  ...exact('mention', 'user page database date custom_emoji template_mention'),
  ...partial('approximated', {
    'mention link_preview': 'written as a linked text',
    'mention link_mention': 'written as a linked text',
  }),
  ...exact('icon', 'emoji external file custom_emoji icon'),
  ...exact('cover', 'external file'),
  ...exact(
    'property',
    'title rich_text number select multi_select status date people files checkbox url email phone_number relation rollup ' +
      'formula unique_id created_time created_by last_edited_time last_edited_by place',
  ),
  ...partial('lost', {
    'property button': 'no request can make it',
    'property verification': 'no request can make it',
    'property location': 'no request can make it',
    'property last_visited_time': 'no request can make it',
  }),
  ...exact(
    'value',
    'title rich_text number select multi_select status date people files checkbox url email phone_number relation place',
  ),
  ...partial('lost', {
    'value formula': 'computed again by Notion',
    'value rollup': 'computed again by Notion',
    'value created_time': 'Notion sets it to the time of the restore',
    'value created_by': 'Notion sets it to the connection',
    'value last_edited_time': 'Notion sets it to the time of the restore',
    'value last_edited_by': 'Notion sets it to the connection',
    'value unique_id': 'Notion numbers rows anew',
    'value button': 'no request can make the property',
    'value verification': 'no request can make the property',
    'value location': 'no request can make the property',
    'value last_visited_time': 'no request can make the property',
  }),
  ...exact('view', 'table board list calendar timeline gallery chart map'),
  ...partial('approximated', {
    'view form': 'the API does not show the questions of a form',
    'view dashboard': 'heights of rows and widths of widgets cannot be set',
    'comment on a page': 'author and time stand in its text',
    'comment on a block': 'author and time stand in its text',
    'page template': 'restored as a row like any other',
  }),
];

/** One kind of thing in a plan or a result. */
export interface KindFidelity {
  readonly kind: string;
  readonly count: number;
  readonly exact: number;
  readonly approximated: number;
  readonly lost: number;
  /** Approximations and reasons, most frequent first. */
  readonly reasons: readonly ReasonCount[];
}

/** The fidelity of each kind of thing the snapshot holds, from the numbers counted and the notes written. */
export function fidelityOf({ notes }: Journal): KindFidelity[] {
  return notes.kinds().map(({ kind, count }) => {
    const lost = notes.countOf(kind, 'lost');
    const approximated = notes.countOf(kind, 'approximated');
    const all = Math.max(count, lost + approximated);
    return {
      kind,
      count: all,
      exact: all - lost - approximated,
      approximated,
      lost,
      reasons: notes.reasonsOf(kind),
    };
  });
}
