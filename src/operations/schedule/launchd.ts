/** A property list for launchd of macOS. A run that was missed while the machine slept is made up for on waking. */
import type { Schedule, ScheduleFile } from './schedule.ts';

export function launchdPlist(schedule: Schedule): ScheduleFile {
  const { name, command, hour, minute, delayMs, environment, logFile } = schedule;
  const label = `com.notion-kloset.${name}`;
  const words = [...command, '--delay', `${Math.round(delayMs / 1000)}s`, '--log', logFile, '--quiet'];
  const variables = Object.entries(environment).flatMap(([key, value]) => [
    `      <key>${xml(key)}</key>`,
    `      <string>${xml(value)}</string>`,
  ]);
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    '  <dict>',
    '    <key>Label</key>',
    `    <string>${xml(label)}</string>`,
    '    <key>ProgramArguments</key>',
    '    <array>',
    ...words.map((word) => `      <string>${xml(word)}</string>`),
    '    </array>',
    '    <key>EnvironmentVariables</key>',
    '    <dict>',
    ...variables,
    '    </dict>',
    '    <key>StartCalendarInterval</key>',
    '    <dict>',
    '      <key>Hour</key>',
    `      <integer>${hour}</integer>`,
    '      <key>Minute</key>',
    `      <integer>${minute}</integer>`,
    '    </dict>',
    '    <key>ProcessType</key>',
    '    <string>Background</string>',
    '    <key>Umask</key>',
    '    <integer>63</integer>',
    '  </dict>',
    '</plist>',
  ];
  return { name: `${label}.plist`, text: `${lines.join('\n')}\n` };
}

/** Text of XML 1.0, without the characters that it does not allow. */
export function xml(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
