/** The options of `restore`, as commander parses them. */
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
