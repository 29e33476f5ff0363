/** The options of a configured notification. */
import { KlosetError } from '../../errors.ts';
import type { RunState } from '../../operations/notify/message.ts';
import { runStates } from '../../operations/notify/message.ts';
import type { NotifierType } from '../../operations/notify/send.ts';
import { notifierTypes } from '../../operations/notify/send.ts';
import { parseChoice, splitWords } from '../text/parse.ts';
import type { Connector } from './connector-options.ts';

/** States that are told when none are named. */
const defaultStates: readonly RunState[] = ['incomplete', 'alarm', 'failure'];

/** @throws KlosetError `usage` */
export function notifierTypeOf(options: Connector): NotifierType {
  return parseChoice(options.type ?? '', notifierTypes, 'type');
}

/** @throws KlosetError `usage` for a type that does not exist, or one without what it needs */
export function checkNotifier(options: Connector): void {
  const type = notifierTypeOf(options);
  statesOf(options.on);
  const isCommand = type === 'command';
  const hasUrl = [options.url, options.url_file, options.url_command, options.url_env].some(
    (way) => way !== undefined,
  );
  if (isCommand ? options.command === undefined : !hasUrl)
    throw new KlosetError(
      'usage',
      `A notification of type ${type} needs ${isCommand ? 'command=…' : 'url=-'}.`,
      {
        hint: isCommand
          ? 'The message is on its standard input.'
          : 'It asks for the address; url_file=PATH reads it from a file.',
      },
    );
}

/** The states that a notification is told of. @throws KlosetError `usage` */
export function statesOf(words: string | undefined): readonly RunState[] {
  return words === undefined
    ? defaultStates
    : splitWords(words).map((word) => parseChoice(word, runStates, 'on'));
}
