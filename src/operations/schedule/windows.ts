/** A task of the Windows Task Scheduler, as XML for `schtasks /create /xml`. */
import { xml } from './launchd.ts';
import type { Schedule, ScheduleFile } from './schedule.ts';
import { descriptionOf } from './schedule.ts';

/** Starts when it was missed (`StartWhenAvailable`), at a random moment, never twice at once, and again after a failure. */
export function windowsTask(schedule: Schedule): ScheduleFile {
  const { name, command, hour, minute, delayMs, environment, logFile } = schedule;
  const words = [...command, '--log', logFile, '--quiet'];
  const sets = Object.entries(environment).map(([key, value]) => `set "${key}=${value}"&& `);
  const line = `/d /s /c "${sets.join('')}${words.map(windowsWord).join(' ')}"`;
  const two = (number: number) => String(number).padStart(2, '0');
  const lines = [
    '<?xml version="1.0" encoding="UTF-16"?>',
    '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">',
    '  <RegistrationInfo>',
    `    <Description>${xml(descriptionOf(schedule))}</Description>`,
    `    <URI>\\notion-kloset\\${xml(name)}</URI>`,
    '  </RegistrationInfo>',
    '  <Triggers>',
    '    <CalendarTrigger>',
    `      <StartBoundary>2026-01-01T${two(hour)}:${two(minute)}:00</StartBoundary>`,
    `      <RandomDelay>PT${Math.max(1, Math.round(delayMs / 1000))}S</RandomDelay>`,
    '      <ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>',
    '    </CalendarTrigger>',
    '  </Triggers>',
    '  <Settings>',
    '    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>',
    '    <StartWhenAvailable>true</StartWhenAvailable>',
    '    <RunOnlyIfNetworkAvailable>true</RunOnlyIfNetworkAvailable>',
    '    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>',
    '    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>',
    '    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>',
    '    <RestartOnFailure><Interval>PT30M</Interval><Count>3</Count></RestartOnFailure>',
    '  </Settings>',
    '  <Actions>',
    `    <Exec><Command>cmd.exe</Command><Arguments>${xml(line)}</Arguments></Exec>`,
    '  </Actions>',
    '</Task>',
  ];
  return { name: `notion-kloset-${name}.xml`, text: `${lines.join('\r\n')}\r\n` };
}

/** One word of a command line, as the C runtime of Windows reads it. */
function windowsWord(word: string): string {
  if (/^[\w@:,.\\/=+-]+$/.test(word)) return word;
  return `"${word.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;
}
