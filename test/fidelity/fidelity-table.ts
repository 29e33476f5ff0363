/** `docs/fidelity.md`, written from one round trip of the sample workspace: what a restore into Notion brings back. */
import type { KindFidelity } from '../../src/notion/restore/journal/fidelity.ts';
import { fidelityRules } from '../../src/notion/restore/journal/fidelity-rules.ts';
import type { RoundTrip } from './round-trip.ts';

const sections: readonly { readonly title: string; readonly kinds: RegExp; readonly about?: string }[] = [
  { title: 'Blocks', kinds: /^block / },
  { title: 'Text and mentions', kinds: /^(rich text|mention)/ },
  { title: 'Icons and covers', kinds: /^(icon|cover) / },
  {
    title: 'Properties of databases',
    kinds: /^property /,
    about: 'Their definition: type, options, formula …',
  },
  { title: 'Values of rows and pages', kinds: /^value / },
  { title: 'Views', kinds: /^view / },
  { title: 'Comments', kinds: /^comment / },
  { title: 'Other', kinds: /^(?!block |rich text|mention|icon |cover |property |value |view |comment )/ },
];

/** What a comparison calls impossible, by the kind it belongs to in a plan. */
const homes: readonly (readonly [RegExp, (match: RegExpMatchArray) => string])[] = [
  [/^block (\w+)/, ([, type]) => `block ${type}`],
  [/^(child_page|child_database) inside a block$/, ([, type]) => `block ${type}`],
  [/^text of more than 100 runs/, () => 'block paragraph'],
  [/^mention of what is not in the snapshot$/, () => 'mention page'],
  [/^mention (\w+)/, ([, type]) => `mention ${type}`],
  [/^schema (\w+)/, ([, type]) => `property ${type}`],
  [/^groups of a status$/, () => 'property status'],
  [/^status that was not set$/, () => 'value status'],
  [/^property (\w+)$/, ([, type]) => `value ${type}`],
  [/^people who are not/, () => 'value people'],
  [/^view (form|dashboard), in part$/, ([, type]) => `view ${type}`],
  [/^cover of a view$/, () => 'view cover'],
  [/^value (\w+)/, ([, type]) => `value ${type}`],
  [/^page template$/, () => 'page template'],
  [/^relation to what/, () => 'value relation'],
  [/^files whose bytes/, () => 'value files'],
  [/^(author and time|name) of a comment$/, () => 'comment on a page'],
  [/^cover of a data source$/, () => 'cover external'],
];

/** The kind of a plan that `what`, called impossible by a comparison, belongs to. */
export function homeOf(what: string): string {
  for (const [pattern, kind] of homes) {
    const match = what.match(pattern);
    if (match !== null) return kind(match);
  }
  throw new Error(`no kind for ${what}`);
}

/** What the comparison calls impossible in kinds the plan promised whole: where the two disagree. */
export function disagreements({ plan, comparison }: RoundTrip): string[] {
  const partial = new Set(plan.fidelity.filter(({ count, exact }) => exact < count).map(({ kind }) => kind));
  return Object.entries(comparison.kinds)
    .filter(([what, { impossible }]) => impossible > 0 && !partial.has(homeOf(what)))
    .map(([what]) => what);
}

/** What is not exact in the plan or in the comparison alone, by the path of the object and the kind of thing. */
export function disagreementsOf({ notes, comparison }: RoundTrip): {
  readonly onlyPlanned: readonly string[];
  readonly onlyFound: readonly string[];
} {
  const named = (path: string, kind: string) => `${path}: ${kind.replace(/^comment on a \w+$/, 'comment')}`;
  const planned = new Set(notes.map(({ path, kind }) => named(path, kind)));
  const found = new Set(comparison.findings.map(({ path, what }) => named(path, homeOf(what))));
  return {
    onlyPlanned: [...planned].filter((each) => !found.has(each)),
    onlyFound: [...found].filter((each) => !planned.has(each)),
  };
}

/** The whole document. */
export function fidelityDocument(trip: RoundTrip): string {
  const counted = new Map(trip.plan.fidelity.map((kind) => [kind.kind, kind]));
  const kinds = [...new Set([...fidelityRules.map(({ kind }) => kind), ...counted.keys()])];
  return [
    '# What a restore into Notion brings back',
    '',
    'Written by `npx vitest run --config test/vitest.config.ts test/fidelity -u` from one run: the sample workspace of',
    '`notion-kloset demo` is backed up, restored below an empty page, backed up again, and the two are compared. A test',
    'fails when this page says anything else than that run. The tables come from the plan that `restore --dry-run` prints;',
    'the last one is what the comparison found, which shares no code with what plans and writes.',
    '',
    'What has no number is not in the sample: its row states the rule.',
    '',
    ...sections.flatMap((section) => sectionLines(section, kinds, counted)),
    ...comparisonLines(trip),
  ].join('\n');
}

function sectionLines(
  { title, kinds: pattern, about }: (typeof sections)[number],
  kinds: readonly string[],
  counted: ReadonlyMap<string, KindFidelity>,
): string[] {
  const rows = kinds
    .filter((kind) => pattern.test(kind))
    .map((kind) => row(kind, nameOf(kind, title), counted.get(kind)));
  if (rows.length === 0) return [];
  return [
    `## ${title}`,
    '',
    ...(about === undefined ? [] : [about, '']),
    '| | In the sample | Comes back | How, or why not |',
    '| --- | ---: | --- | --- |',
    ...rows,
    '',
  ];
}

/** Within a section of its own kind the kind needs no saying. */
function nameOf(kind: string, section: string): string {
  return /^(Blocks|Properties|Values|Views)/.test(section) ? kind.replace(/^\w+ /, '') : kind;
}

function row(kind: string, name: string, found: KindFidelity | undefined): string {
  if (found === undefined) {
    const rule = fidelityRules.find((each) => each.kind === kind);
    return line(name, '', words(rule?.outcome ?? ''), rule?.how ?? '');
  }
  const { count, exact, approximated, lost, reasons } = found;
  const parts = [
    ['exact', exact],
    ['approximated', approximated],
    ['lost', lost],
  ].filter(([, part]) => part !== 0);
  const outcome = parts.map(([outcome, part]) =>
    part === count ? words(outcome) : `${part} ${words(outcome)}`,
  );
  const why = reasons.map(({ reason }) => reason);
  return line(name, String(count), outcome.join(', '), [...new Set(why)].join('; '));
}

function words(outcome: string | number | undefined): string {
  return outcome === 'lost' ? 'not at all' : String(outcome);
}

function comparisonLines(trip: RoundTrip): string[] {
  const { objects, counts, kinds } = trip.comparison;
  const disagreeing = disagreements(trip);
  return [
    '## What the comparison found',
    '',
    `${objects} pages, rows and databases. *Impossible* is what no request can write; each such thing is expected as the`,
    'nearest thing that can be written, and that is what must have come back.',
    '',
    '| | Exact | Approximated | Lost | Extra | Impossible |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...Object.entries(kinds).map(([what, of]) =>
      line(what, ...[of.exact, of.approximated, of.lost, of.extra, of.impossible].map(String)),
    ),
    line(
      '**All**',
      ...[counts.exact, counts.approximated, counts.lost, counts.extra, counts.impossible].map(String),
    ),
    '',
    ...(disagreeing.length === 0
      ? []
      : [
          `Exact in the plan, impossible here: ${disagreeing.join(', ')}. All of the sample's are empty: nothing is lost.`,
          '',
        ]),
  ];
}

function line(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}
