/** Prints the findings of a diagnosis, and sets the exit code by the first failure. */
import type { Finding } from '../../../operations/doctor/finding.ts';
import type { App } from '../../app/app.ts';
import { plural } from '../../text/format.ts';

const signs: { readonly [state in Finding['state']]: string } = {
  ok: '✔',
  warning: '!',
  failed: '✘',
  unknown: '?',
};

export function printFindings(app: App, findings: readonly Finding[]): void {
  const failed = findings.filter(({ state }) => state === 'failed');
  const warnings = findings.filter(({ state }) => state === 'warning');
  const summary =
    failed.length + warnings.length === 0
      ? 'All is well.'
      : `${plural(failed.length, 'failure')}, ${plural(warnings.length, 'warning')}.`;
  app.result({ ok: failed.length === 0, failed: failed.length, warnings: warnings.length, findings }, [
    ...findings.flatMap(({ topic, state, text, hint }) => [
      ...`${signs[state]} ${topic}: ${text}`.split('\n'),
      ...(hint === undefined ? [] : [`    ${hint}`]),
    ]),
    ...(failed.length === 0 ? [summary] : []),
  ]);
  const [first] = failed;
  if (first === undefined) return;
  app.warn(summary);
  app.finishedWith(first.code ?? 'internal');
}
