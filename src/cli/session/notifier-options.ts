/** The options of a configured notification. */
import { KlosetError } from '../../errors.ts';
import type { RunState } from '../../operations/notify/message.ts';
import { runStates } from '../../operations/notify/message.ts';
import type { NotifierType } from '../../operations/notify/send.ts';
import { notifierTypes } from '../../operations/notify/send.ts';
import { parseChoice, splitWords } from '../text/parse.ts';
import { checkMail, checkMailValues } from './mail-options.ts';
import type { Connector } from './settings/connector-options.ts';
import { waysToGive } from './settings/ways-to-give.ts';

/** States that are told when none are named. */
const defaultStates: readonly RunState[] = ['incomplete', 'alarm', 'failure'];

/** @throws KlosetError `usage` */
export function notifierTypeOf(options: Connector): NotifierType {
  return parseChoice(options.type ?? '', notifierTypes, 'type');
}

/** Checks each value that `options` have. @throws KlosetError `usage` */
export function checkNotifierValues(options: Connector): void {
  if (options.type !== undefined) notifierTypeOf(options);
  statesOf(options.on);
  checkMailValues(options);
}

/** @throws KlosetError `usage` for a type that does not exist, or one without what it needs */
export function checkNotifier(options: Connector): void {
  const type = notifierTypeOf(options);
  checkNotifierValues(options);
  if (type === 'mail') checkMail(options);
  else if (type === 'command') requireCommand(options);
  else requireUrl(type, options);
}

function requireCommand({ command }: Connector): void {
  if (command === undefined)
    throw new KlosetError('usage', 'A notification of type command needs command=….', {
      hint: 'The message is on its standard input.',
    });
}

function requireUrl(type: NotifierType, options: Connector): void {
  if (waysToGive('url').some((way) => options[way] !== undefined)) return;
  throw new KlosetError('usage', `A notification of type ${type} needs url=-.`, {
    hint: 'It asks for the address; url_file=PATH reads it from a file.',
  });
}

/** The states that a notification is told of. @throws KlosetError `usage` */
export function statesOf(words: string | undefined): readonly RunState[] {
  return words === undefined
    ? defaultStates
    : splitWords(words).map((word) => parseChoice(word, runStates, 'on'));
}
