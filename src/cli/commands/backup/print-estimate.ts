/** Prints the estimate of a backup. */
import type { BackupEstimate } from '../../../operations/backup/estimate.ts';
import type { App } from '../../app/app.ts';
import { plural } from '../../text/format.ts';

export function printEstimate(app: App, estimate: BackupEstimate): void {
  const { pages, dataSources, changed, requests, commentRequests, savedByPages, minutes, spent } = estimate;
  const { leftOut } = estimate;
  app.result(
    {
      pages,
      data_sources: dataSources,
      changed,
      left_out: leftOut,
      requests,
      comment_requests: commentRequests,
      saved_by_comments_pages: savedByPages,
      minutes,
      requests_spent: spent,
    },
    estimateLines(estimate),
  );
}

/** For a person: what would be read, and how long it takes. */
export function estimateLines(estimate: BackupEstimate): string[] {
  const { pages, dataSources, changed, requests, commentRequests, savedByPages, minutes, leftOut } = estimate;
  const number = (count: number) => count.toLocaleString('en');
  return [
    `Notion lists ${plural(pages, 'page')} and ${plural(dataSources, 'data source')}${leftOut === 0 ? '' : ` that are chosen, and ${number(leftOut)} more that are left out`}; ${number(changed)} would be read in full.`,
    `That takes about ${plural(requests, 'request')} and ${plural(minutes, 'minute')}; ${number(commentRequests)} of the requests are for comments.`,
    ...(savedByPages === 0
      ? []
      : [
          `With --comments pages, which leaves out comments inside of pages, about ${number(savedByPages)} fewer.`,
        ]),
  ];
}
