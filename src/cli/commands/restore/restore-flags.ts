/** The options of `restore`, as commander parses them, and the kinds of restore that look at each. */
import type { Command } from 'commander';
import { KlosetError } from '../../../errors.ts';
import type { VerifyMode } from '../../../operations/restore/restore-into-notion.ts';
import type { FilterFlags } from '../../session/filters.ts';
import { parseChoice } from '../../text/parse.ts';

export interface RestoreFlags extends FilterFlags {
  readonly to?: string;
  readonly as: string;
  readonly umask?: boolean;
  readonly view?: string;
  readonly rootId?: string;
  readonly workspaceRoot?: boolean;
  readonly markers?: boolean;
  /** False for `--no-comments`, the word of `--comments`, undefined or true by default. */
  readonly comments?: string | boolean;
  readonly inPlace?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly undo?: string | true;
  readonly pruneAdded?: boolean;
  readonly property?: readonly string[];
  /** A mode, undefined or true by default, false for `--no-verify`. */
  readonly verify?: string | boolean;
}

/** The reading back that the flags ask for. @throws KlosetError `usage` for another word */
export function verifyMode({ verify }: Pick<RestoreFlags, 'verify'>): VerifyMode {
  if (verify === false) return 'none';
  return verify === undefined || verify === true
    ? 'fast'
    : parseChoice(verify, ['full', 'fast', 'none'] as const, '--verify');
}

/** Forms of files in a folder. */
export const folderForms = ['json', 'md', 'html', 'csv'] as const;

/** Those of them that have tables. */
export const formsWithTables = ['csv', 'md', 'html'] as const;

/** Kinds of restore, in words that end a sentence. */
export type RestoreKind = 'into a folder' | 'into Notion' | 'in place' | 'that is undone';

/** The kinds that look at an option; one that is not here is looked at by all. */
const kindsOf: { readonly [option: string]: readonly RestoreKind[] } = {
  as: ['into a folder'],
  view: ['into a folder'],
  umask: ['into a folder'],
  comments: ['into a folder', 'into Notion', 'in place'],
  rootId: ['into Notion', 'that is undone'],
  workspaceRoot: ['into Notion'],
  markers: ['into Notion', 'in place'],
  verify: ['into Notion', 'in place'],
  dryRun: ['into Notion', 'in place'],
  inPlace: ['in place'],
  pruneAdded: ['in place'],
  property: ['in place'],
};

/** @throws KlosetError `usage` for an option that was given and that a restore of this kind would not look at */
export function refuseAlienOptions(command: Command, kind: RestoreKind): void {
  for (const [option, kinds] of Object.entries(kindsOf)) {
    if (command.getOptionValueSource(option) !== 'cli') continue;
    const isPlace =
      option === 'comments' && kind !== 'into a folder' && command.getOptionValue(option) !== false;
    if (kinds.includes(kind) && !isPlace) continue;
    throw new KlosetError('usage', `${flagOf(command, option)} has no meaning for a restore ${kind}.`, {
      hint: isPlace
        ? 'Give --no-comments, or leave it out.'
        : `It is for a restore ${kinds.join(' or ')}; leave it out.`,
    });
  }
}

/** The flag as it is written: `--no-verify` where that was given. */
function flagOf(command: Command, option: string): string {
  const flags = command.options.filter((each) => each.attributeName() === option);
  const isOff = command.getOptionValue(option) === false;
  return (flags.find(({ negate }) => negate === isOff) ?? flags[0])?.long ?? option;
}
