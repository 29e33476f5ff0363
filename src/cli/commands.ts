/**
 * Commands by subject, in the order of the help, each with the module that has it. A command line loads the module of
 * its own command alone; help and wrong words load all.
 */
import type { Register, RunCommand } from './app/app.ts';

/** The commands that one module registers. */
export interface CommandModule {
  /** Their names, aliases included. */
  readonly names: readonly string[];
  /** Loads the module. */
  load(): Promise<Register>;
}

export interface Subject {
  readonly title: string;
  readonly modules: readonly CommandModule[];
}

/** Every subject. `run` runs another command line, for the demo. */
export function subjectsOf(run: RunCommand): readonly Subject[] {
  return [
    {
      title: 'Back up:',
      modules: [
        {
          names: ['init'],
          load: async () => {
            const { registerInit } = await import('./commands/backup/init.ts');
            return (program, app) => registerInit(program, app, run);
          },
        },
        { names: ['create'], load: async () => (await import('./commands/backup/create.ts')).registerCreate },
        { names: ['backup'], load: async () => (await import('./commands/backup/backup.ts')).registerBackup },
      ],
    },
    {
      title: 'Look:',
      modules: [
        { names: ['ls'], load: async () => (await import('./commands/look/ls.ts')).registerLs },
        { names: ['cat'], load: async () => (await import('./commands/look/cat.ts')).registerCat },
        { names: ['info'], load: async () => (await import('./commands/look/info.ts')).registerInfo },
        { names: ['digest'], load: async () => (await import('./commands/look/digest.ts')).registerDigest },
        { names: ['ui'], load: async () => (await import('./commands/look/ui.ts')).registerUi },
      ],
    },
    {
      title: 'Find and compare:',
      modules: [
        { names: ['diff'], load: async () => (await import('./commands/history/diff.ts')).registerDiff },
        {
          names: ['log', 'blame'],
          load: async () => (await import('./commands/history/log.ts')).registerLog,
        },
        {
          names: ['search'],
          load: async () => (await import('./commands/history/search.ts')).registerSearch,
        },
        {
          names: ['locate', 'du'],
          load: async () => (await import('./commands/history/locate.ts')).registerLocate,
        },
      ],
    },
    {
      title: 'Verify:',
      modules: [
        { names: ['status'], load: async () => (await import('./commands/verify/status.ts')).registerStatus },
        { names: ['doctor'], load: async () => (await import('./commands/verify/doctor.ts')).registerDoctor },
        { names: ['check'], load: async () => (await import('./commands/verify/check.ts')).registerCheck },
        { names: ['diag'], load: async () => (await import('./commands/verify/diag.ts')).registerDiag },
        { names: ['repair'], load: async () => (await import('./commands/verify/repair.ts')).registerRepair },
      ],
    },
    {
      title: 'Restore:',
      modules: [
        {
          names: ['restore'],
          load: async () => (await import('./commands/restore/restore.ts')).registerRestore,
        },
        {
          names: ['dump', 'archive'],
          load: async () => (await import('./commands/restore/dump.ts')).registerDump,
        },
      ],
    },
    {
      title: 'Keep:',
      modules: [
        {
          names: ['tag', 'pin', 'unpin', 'acknowledge'],
          load: async () => (await import('./commands/keep/mark.ts')).registerMarks,
        },
        { names: ['rm'], load: async () => (await import('./commands/keep/rm.ts')).registerRm },
        { names: ['prune'], load: async () => (await import('./commands/keep/prune.ts')).registerPrune },
        {
          names: ['maintenance', 'unlock'],
          load: async () => (await import('./commands/keep/maintenance.ts')).registerMaintenance,
        },
        { names: ['sync'], load: async () => (await import('./commands/keep/sync.ts')).registerSync },
        { names: ['export'], load: async () => (await import('./commands/keep/export.ts')).registerExport },
      ],
    },
    {
      title: 'Every night:',
      modules: [
        { names: ['run'], load: async () => (await import('./commands/nightly/run.ts')).registerRun },
        {
          names: ['schedule'],
          load: async () => (await import('./commands/nightly/schedule.ts')).registerSchedule,
        },
        { names: ['drill'], load: async () => (await import('./commands/nightly/drill.ts')).registerDrill },
        {
          names: ['history'],
          load: async () => (await import('./commands/nightly/history.ts')).registerHistory,
        },
      ],
    },
    {
      title: 'Configure:',
      modules: [
        {
          names: ['source', 'destination', 'store', 'policy', 'notify'],
          load: async () => (await import('./commands/configure/connectors.ts')).registerConnectors,
        },
        { names: ['key'], load: async () => (await import('./commands/configure/key.ts')).registerKey },
        {
          names: ['identity'],
          load: async () => (await import('./commands/configure/identity.ts')).registerIdentity,
        },
      ],
    },
    {
      title: 'Learn:',
      modules: [
        {
          names: ['demo'],
          load: async () => {
            const { registerDemo } = await import('./commands/try/demo.ts');
            return (program, app) => registerDemo(program, app, run);
          },
        },
        {
          names: ['simulator'],
          load: async () => (await import('./commands/try/simulator.ts')).registerSimulator,
        },
      ],
    },
  ];
}
