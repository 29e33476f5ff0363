/** A timer and a service of systemd. Output goes to the journal. */
import type { Schedule, ScheduleFile } from './schedule.ts';
import { descriptionOf } from './schedule.ts';

/** Exit codes after which another attempt is of no use: usage, damage, missing, credentials, version. */
const finalCodes = '64 65 66 77 78';

/**
 * Catch-up after a time without power (`Persistent`), a random delay, no overlap (a oneshot service runs once at a time), and another
 * attempt after what passes by itself. A backup that left something out (3) is told by its notification and is not repeated.
 */
export function systemdUnits(
  schedule: Schedule,
  isSystem: boolean,
): readonly [service: ScheduleFile, timer: ScheduleFile] {
  const { name, command, hour, minute, delayMs, environment } = schedule;
  const unit = `notion-kloset-${name}`;
  const variables = Object.entries(environment).map(
    ([key, value]) => `Environment=${quoted(`${key}=${value}`)}`,
  );
  const service = [
    '[Unit]',
    `Description=${plain(descriptionOf(schedule))}`,
    'Documentation=man:notion-kloset(1)',
    ...(isSystem ? ['Wants=network-online.target', 'After=network-online.target'] : []),
    'StartLimitIntervalSec=3h',
    'StartLimitBurst=4',
    '',
    '[Service]',
    'Type=oneshot',
    `ExecStart=${command.map(quotedArgument).join(' ')}`,
    ...variables,
    'SuccessExitStatus=3',
    'Restart=on-failure',
    'RestartSec=30min',
    `RestartPreventExitStatus=${finalCodes}`,
    'TimeoutStartSec=infinity',
    'UMask=0077',
    'NoNewPrivileges=yes',
    'Nice=10',
    ...(isSystem
      ? ['PrivateTmp=yes', 'ProtectSystem=full', 'ProtectKernelTunables=yes', 'ProtectControlGroups=yes']
      : []),
  ];
  const timer = [
    '[Unit]',
    `Description=${plain(descriptionOf(schedule))}`,
    '',
    '[Timer]',
    `OnCalendar=*-*-* ${two(hour)}:${two(minute)}:00`,
    `RandomizedDelaySec=${Math.round(delayMs / 1000)}s`,
    'Persistent=true',
    '',
    '[Install]',
    'WantedBy=timers.target',
  ];
  return [
    { name: `${unit}.service`, text: `${service.join('\n')}\n` },
    { name: `${unit}.timer`, text: `${timer.join('\n')}\n` },
  ];
}

/** One word of a unit file, systemd.syntax(7): backslashes, quotes and specifiers escaped. */
function quoted(word: string): string {
  const text = plain(word).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%');
  return /^[\w@:,./=+-]+$/.test(text) ? text : `"${text}"`;
}

/** A word of a command line, in which a dollar begins a variable too. */
function quotedArgument(word: string): string {
  return quoted(word).replaceAll('$', () => '$$');
}

function plain(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f]/g, ' ');
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
