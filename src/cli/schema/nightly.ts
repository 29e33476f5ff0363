/** Shapes of what `run`, `schedule`, `drill`, `history`, `doctor` and `notify test` print. */
import { errorCode, exitCode } from './common.ts';
import type { Shape } from './nodes.ts';
import {
  about,
  anything,
  byName,
  count,
  digest,
  either,
  exactly,
  flag,
  list,
  maybe,
  number,
  object,
  one,
  orNull,
  text,
  time,
} from './nodes.ts';

export const run: Shape = either(
  object({
    state: one('success', 'incomplete', 'alarm', 'failure'),
    exit_code: exitCode,
    title: text,
    todo: orNull(text),
    snapshot: orNull(digest),
    steps: list(
      object({
        step: text,
        state: one('ok', 'incomplete', 'alarm', 'failed', 'skipped'),
        text,
        todo: maybe(text),
        code: maybe(errorCode),
        duration_ms: number,
      }),
    ),
    not_notified: about('Notifications that were not delivered.', list(text)),
    duration_ms: number,
  }),
  about('With --if-due, when it is not due.', object({ skipped: exactly(true), last: time })),
);

const kind = one('systemd', 'systemd-system', 'cron', 'launchd', 'windows', 'github');
const files = list(object({ path: text, text }));

export const scheduleInstall: Shape = either(
  object({ kind, files: list(text), written: exactly(true) }),
  about('With --print.', object({ kind, files, written: exactly(false) })),
);
export const scheduleShow: Shape = object({ kind, files });
export const scheduleRemove: Shape = object({ kind, removed: list(text) });

export const drill: Shape = object({
  ok: flag,
  snapshot: digest,
  time,
  turn: text,
  where: one('folder', 'notion'),
  objects: count,
  equal: count,
  drilled: list(object({ id: text, path: text })),
  failures: list(object({ path: text, id: text, problem: text })),
});

const ranBefore = object({
  time,
  command: text,
  store: text,
  source: maybe(about('Of a `run`: the source it was given.', text)),
  exit_code: exitCode,
  duration_ms: number,
  error: maybe(text),
  state: maybe(text),
  steps: maybe(byName(text)),
  skipped: maybe(exactly(true)),
  snapshot: maybe(digest),
  requests: maybe(count),
  bytes_added: maybe(count),
  content_bytes: maybe(count),
  errors: maybe(count),
  alarm: maybe(flag),
  objects: maybe(count),
  equal: maybe(count),
});

export const history: Shape = object({ runs: about('The oldest first.', list(ranBefore)) });

export const notifyTest: Shape = object({ sent: list(text) });

/** One line of stderr with `--progress json`. */
export const progress: Shape = either(
  about(
    'A named step began; `total` counts the things ahead.',
    object({ time, type: exactly('phase'), phase: text, total: maybe(count) }),
  ),
  object({
    time,
    type: exactly('progress'),
    phase: text,
    done: count,
    total: maybe(count),
    bytes: maybe(count),
  }),
  about(
    'Bytes that this run has moved to and from stores on other machines so far, and how many a second of late.',
    object({
      time,
      type: exactly('transfer'),
      sent_bytes: count,
      received_bytes: count,
      sent_per_second: count,
      received_per_second: count,
    }),
  ),
  about(
    'One thing failed; the work goes on.',
    object({ time, type: exactly('warning'), message: text, path: maybe(text) }),
  ),
  about(
    'Something to know, though nothing is wrong.',
    object({ time, type: exactly('notice'), message: text }),
  ),
  object({ time, type: exactly('wait'), wait_ms: number, reason: text }),
  about(
    'The command failed; the last line.',
    object({ time, type: exactly('error'), code: errorCode, message: text, hint: maybe(text) }),
  ),
);

/** The output of a command that failed, with `--json`. */
export const error: Shape = object({
  error: object({ code: errorCode, message: text, hint: maybe(about('The way out.', text)) }),
});

export const demo: Shape = object({
  steps: list(object({ about: text, command: list(text), exit_code: exitCode, result: anything })),
  requests: count,
});
