/** The options of `restore`, as commander parses them. */
export interface RestoreFlags {
  readonly to?: string;
  readonly as: string;
  readonly umask?: boolean;
  readonly latest?: boolean;
  readonly rootId?: string;
  readonly workspaceRoot?: boolean;
  readonly markers?: boolean;
  readonly comments: boolean;
  readonly inPlace?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly undo?: string | true;
  readonly verify: boolean;
}

/** Forms of files in a folder. */
export const folderForms = ['json', 'md', 'html', 'csv'] as const;
