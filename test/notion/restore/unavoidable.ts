/** Tells findings of the comparator that no request could have avoided from those one could. */
import type { PlacedFinding } from '../../../src/operations/verify/compare.ts';

/** Findings that no request could have avoided: each is in the restore's own notes too. */
const unavoidable: readonly ((finding: PlacedFinding) => boolean)[] = [
  ({ verdict }) => verdict === 'impossible',
  // Author and time stand in the text.
  ({ what, verdict }) => what === 'comment' && verdict === 'approximated',
  // A callout without an icon is given one by Notion.
  ({ what, copy }) => what === 'block callout' && JSON.stringify(copy).includes('💡'),
  // The API ignores groups of statuses.
  ({ what, original }) => what === 'schema' && JSON.stringify(original).includes('"groups"'),
  // Answers list hidden properties that requests leave out; forms, dashboards and page_content_first cannot be written whole.
  ({ what, path }) => what === 'view' && path.includes('/Tasks~'),
  // People outside the workspace, pages out of sight, link previews.
  ({ at, path }) => path.includes('Rich text') && at.startsWith('blocks/'),
  ({ at }) => at.endsWith('/Assignee') || at.endsWith('/Last seen'),
  // More than 100 runs, empty files, external URLs that are no media, originals out of sight.
  ({ path }) => /Long texts|Media~|Synced blocks|Linked databases/.test(path),
  ({ original }) => JSON.stringify(original ?? null).includes('https://media.example.com/'),
  // Objects inside blocks lie on the page, with a link where they were; a wiki's database lies on its page.
  ({ what, path }) =>
    /child_page|child_database|link_to_page/.test(what) &&
    /Inline databases|Layouts|\/Home~[^/]*$/.test(path),
  // What is written in place of what cannot be.
  ({ verdict, what }) => verdict === 'extra' && /toggle|bookmark|embed|paragraph/.test(what),
];

/** What a better restore could have brought back. */
export function avoidable(findings: readonly PlacedFinding[]): PlacedFinding[] {
  return findings.filter((finding) => finding.verdict !== 'exact' && !unavoidable.some((is) => is(finding)));
}
