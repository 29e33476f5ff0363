/** Progress: a spinner with counts, rate and time left on a terminal; plain or JSON lines where they are asked for. The only importer of ora. */
import type { Ora } from 'ora';
import { printable } from '../../document/names.ts';
import { snakeCased } from '../../document/snake-case.ts';
import { KlosetError } from '../../errors.ts';
import type { Monitor, MonitorEvent } from '../../monitor.ts';
import { formatBytes, formatDuration } from '../text/format.ts';
import type { Io } from './io.ts';

export interface Progress extends Monitor {
  /** Ends the display; what was printed stays. */
  stop(): void;
}

/** A pipe gets at most one progress line in this time. */
const lineEveryMs = 10_000;

const forms = ['auto', 'lines', 'json', 'none'] as const;
export type ProgressForm = (typeof forms)[number];

/** The form that `--progress` asks for; when quiet, none unless one is asked for. @throws KlosetError `usage` */
export function progressForm(word: string | false | undefined, isQuiet: boolean): ProgressForm {
  if (word === false) return 'none';
  if (word === undefined) return isQuiet ? 'none' : 'auto';
  const found = forms.find((form) => form === word);
  if (found !== undefined) return found;
  throw new KlosetError('usage', `--progress must be one of ${forms.join(', ')}, not "${word}".`);
}

/** Progress on stderr: a spinner on a terminal; elsewhere nothing, unless lines or JSON were asked for. */
export function createProgress(io: Io, form: ProgressForm): Progress {
  if (form === 'json') return jsonLines(io);
  if (form === 'lines') return lines(io);
  if (form === 'auto' && io.stderr.isTerminal && io.env.TERM !== 'dumb' && hasWidth()) return spinner(io);
  return { report: (event) => reportWarning(io, event), stop() {} };
}

/**
 * False for a terminal that tells no width, as serial lines and containers without a size do: ora would count the lines that a
 * text takes there, which are infinitely many, and remove them one by one.
 */
function hasWidth(): boolean {
  return process.stderr.columns !== 0;
}

/** Each event as one JSON object on a line of its own, with its time. */
function jsonLines(io: Io): Progress {
  return {
    report(event) {
      const time = new Date(io.clock.now()).toISOString();
      io.stderr.write(`${JSON.stringify(snakeCased({ time, ...event }))}\n`);
    },
    stop() {},
  };
}

function reportWarning(io: Io, event: MonitorEvent): void {
  if (isMessage(event)) io.stderr.write(`${messageLine(event)}\n`);
}

type Message = MonitorEvent & { readonly type: 'warning' | 'notice' };

/** True for what is printed however quiet the program was asked to be. */
function isMessage(event: MonitorEvent): event is Message {
  return event.type === 'warning' || event.type === 'notice';
}

function messageLine(event: Message): string {
  return event.type === 'notice' ? printable(event.message) : warningLine(event);
}

function warningLine(event: MonitorEvent & { type: 'warning' }): string {
  return printable(
    event.path === undefined ? `warning: ${event.message}` : `warning: ${event.path}: ${event.message}`,
  );
}

/** The spinner is loaded when there is something to show; until then the latest event waits. */
function spinner(io: Io): Progress {
  const shown = new Spinner(io);
  let started = io.clock.now();
  let text = '';
  let moved = '';
  return {
    report(event) {
      if (isMessage(event)) {
        shown.interrupt(() => io.stderr.write(`${messageLine(event)}\n`));
        return;
      }
      if (event.type === 'phase') started = io.clock.now();
      if (event.type === 'transfer') moved = textOf(event, 0);
      else text = textOf(event, io.clock.now() - started);
      shown.show(beside(text, moved));
    },
    stop: () => shown.stop(),
  };
}

class Spinner {
  readonly #io: Io;
  #display: Ora | undefined;
  #text: string | undefined;

  constructor(io: Io) {
    this.#io = io;
  }

  show(text: string): void {
    const isFirst = this.#text === undefined && this.#display === undefined;
    this.#text = text;
    if (this.#display !== undefined) this.#display.start(text);
    else if (isFirst) void this.#load();
  }

  /** Lets `write` have the terminal. */
  interrupt(write: () => void): void {
    this.#display?.stop();
    write();
    if (this.#text !== undefined) this.#display?.start(this.#text);
  }

  stop(): void {
    this.#text = undefined;
    this.#display?.stop();
  }

  async #load(): Promise<void> {
    const { default: ora } = await import('ora');
    const color = this.#io.env.NO_COLOR ? false : 'cyan';
    this.#display ??= ora({ stream: process.stderr, color, discardStdin: false });
    if (this.#text !== undefined) this.#display.start(this.#text);
  }
}

function lines(io: Io): Progress {
  let started = io.clock.now();
  let printed = Number.NEGATIVE_INFINITY;
  let moved = '';
  return {
    report(event) {
      const now = io.clock.now();
      if (isMessage(event)) {
        io.stderr.write(`${messageLine(event)}\n`);
        return;
      }
      if (event.type === 'phase') started = now;
      if (event.type === 'transfer') {
        moved = textOf(event, 0);
        return;
      }
      if (event.type === 'progress' && now - printed < lineEveryMs) return;
      printed = now;
      io.stderr.write(`${beside(textOf(event, now - started), moved)}\n`);
    },
    stop() {},
  };
}

/** One line for an event; `elapsedMs` since its phase began gives rate and time left. */
export function textOf(event: MonitorEvent, elapsedMs: number): string {
  switch (event.type) {
    case 'phase':
      return printable(event.total === undefined ? event.phase : `${event.phase} (${event.total})`);
    case 'warning':
    case 'notice':
      return messageLine(event);
    case 'wait':
      return printable(`waiting ${formatDuration(event.waitMs)}: ${event.reason}`);
    case 'transfer':
      return transferText(event);
    case 'progress':
      return printable(
        [event.phase, bar(event), counts(event), ...rate(event, elapsedMs)].filter(Boolean).join('  '),
      );
  }
}

/** Only directions in which something has moved. */
function transferText(event: MonitorEvent & { type: 'transfer' }): string {
  const direction = (sign: string, bytes: number, perSecond: number) =>
    bytes === 0 ? [] : [`${sign} ${formatBytes(bytes)}, ${formatBytes(perSecond)}/s`];
  return [
    ...direction('↑', event.sentBytes, event.sentPerSecond),
    ...direction('↓', event.receivedBytes, event.receivedPerSecond),
  ].join('  ');
}

function beside(text: string, moved: string): string {
  return [text, moved].filter((part) => part !== '').join('  ');
}

type ProgressEvent = MonitorEvent & { type: 'progress' };

function bar({ done, total }: ProgressEvent): string {
  if (total === undefined || total <= 0) return '';
  const filled = Math.min(20, Math.floor((done / total) * 20));
  return `[${'#'.repeat(filled)}${'-'.repeat(20 - filled)}]`;
}

function counts({ done, total, bytes }: ProgressEvent): string {
  const count =
    total === undefined
      ? done.toLocaleString('en')
      : `${done.toLocaleString('en')}/${total.toLocaleString('en')}`;
  return bytes === undefined ? count : `${count}, ${formatBytes(bytes)}`;
}

function rate({ done, total }: ProgressEvent, elapsedMs: number): string[] {
  if (elapsedMs < 1000 || done === 0) return [];
  const perSecond = done / (elapsedMs / 1000);
  const shown = `${perSecond >= 10 ? Math.round(perSecond) : perSecond.toFixed(1)}/s`;
  if (total === undefined || done >= total) return [shown];
  return [shown, `${formatDuration(((total - done) / perSecond) * 1000)} left`];
}
