/** `drill`: proves that a restore works, by restoring a sample, comparing it and undoing the restore. */
import type { Command } from 'commander';
import { KlosetError } from '../../../errors.ts';
import type { NotionConnection } from '../../../notion/api/client.ts';
import type { Turn } from '../../../operations/drill/choose-sample.ts';
import { turnOfWeek } from '../../../operations/drill/choose-sample.ts';
import type { DrillReport } from '../../../operations/drill/drill.ts';
import { drill } from '../../../operations/drill/drill.ts';
import type { App } from '../../app/app.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import { jobOf } from '../../session/job.ts';
import { connectorOf, idOf, withNotion } from '../../session/notion-session.ts';
import { withWritableStore } from '../../session/store-session.ts';
import { plural } from '../../text/format.ts';
import { parseCount } from '../../text/parse.ts';

interface DrillFlags {
  readonly turn?: string;
  readonly objects?: string;
  readonly rootId?: string;
  readonly to?: string;
}

/** Failures printed one by one; the JSON has them all. */
const maxPrinted = 20;
/** A restore into Notion costs requests. */
const maxInNotion = 10;

/** Adds the command. */
export function registerDrill(program: Command, app: App): void {
  const command = program
    .command('drill [snapshot]')
    .description(
      'restore a sample of the newest snapshot, compare it, undo the restore and record the result',
    )
    .option('--turn <part>', 'restore the objects of this turn, 3/52 say; default: the turn of this week')
    .option('--objects <n>', `restore at most n objects; default below a page of Notion: ${maxInNotion}`)
    .option('--root-id <id>', 'restore below this Notion page instead of a temporary folder')
    .option('--to <destination>', 'restore below the page of a configured destination ("@mynotion")')
    .action((word: string | undefined, flags: DrillFlags) => run(app, word ?? 'latest', flags));
  teach(command, {
    examples: ['drill', 'drill --root-id fedcba0987654321fedcba0987654321 --objects 5'],
    errors: storeErrors,
  });
}

async function run(app: App, word: string, flags: DrillFlags): Promise<void> {
  const turn = flags.turn === undefined ? turnOfWeek(app.io.clock.now()) : parseTurn(flags.turn);
  const max = flags.objects === undefined ? undefined : parseCount(flags.objects, '--objects', 1);
  const connector = connectorOf(app, 'destination', flags.to);
  const root = flags.rootId ?? connector.rootID;
  if (root === undefined && flags.to !== undefined)
    throw new KlosetError('usage', `The destination ${flags.to} has no page to restore below.`, {
      hint: 'Give --root-id ID, or set it: `notion-kloset destination set NAME rootID=ID`.',
    });
  const work = (api?: NotionConnection) =>
    withWritableStore(app, 'drill', async (store) => {
      const pageId = root === undefined ? '' : idOf(root, '--root-id');
      const notion = api === undefined ? undefined : { api, pageId };
      const most = max ?? (api === undefined ? undefined : maxInNotion);
      print(app, await drill(jobOf(app), store, { word, turn, max: most, notion }));
    });
  if (root === undefined) await work();
  else await withNotion(app, connector, work);
}

function parseTurn(text: string): Turn {
  const [, part, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  const turn = { part: Number(part), of: Number(of) };
  if (turn.part >= 1 && turn.part <= turn.of) return turn;
  throw new KlosetError('usage', `--turn takes a part like 3/52, not "${text}".`);
}

function print(app: App, report: DrillReport): void {
  const { snapshot, turn, where, isOk, equal, objects, failures, drilled, time } = report;
  app.facts = { snapshot, objects, equal };
  const place = where === 'notion' ? 'Notion, and moved to the trash again' : 'a temporary folder';
  app.result(
    { ok: isOk, snapshot, time, turn: `${turn.part}/${turn.of}`, where, objects, equal, drilled, failures },
    [
      `drill: ${equal} of ${plural(objects, 'object')} of ${snapshot.slice(0, 8)} came back equal, restored into ${place}`,
      ...failures.slice(0, maxPrinted).map(({ path, problem }) => `  ✘ ${path}: ${problem}`),
      ...(failures.length > maxPrinted ? [`  … and ${failures.length - maxPrinted} more (see --json)`] : []),
    ],
  );
  if (!isOk) app.finishedWith('integrity');
}
