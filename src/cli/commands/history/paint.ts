/** Coloured lines, where a terminal shows them. */
import type { App } from '../../app/app.ts';
import type { Io } from '../../app/io.ts';
import type { Paint } from '../../text/changes.ts';
import { colorPaint, plainPaint } from '../../text/changes.ts';

/** Colours on a terminal, unless NO_COLOR is set (https://no-color.org). */
export function paintOf({ stdout, env }: Io): Paint {
  return stdout.isTerminal && (env.NO_COLOR ?? '') === '' ? colorPaint : plainPaint;
}

/** A line whose words are printable already and whose colours stay. */
export function paintedLine(app: App, text: string): void {
  if (app.options.json === true) return;
  app.endProgress();
  app.io.stdout.write(`${text}\n`);
}
