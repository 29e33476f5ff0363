/** Numbers and times as people read them. */

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** `3.1 MiB`, as Plakar's listings show sizes. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** `0s`, `42s`, `3m12s`, `2h5m0s`, as Go prints rounded durations. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = seconds % 60;
  if (hours > 0) return `${hours}h${minutes}m${rest}s`;
  return minutes > 0 ? `${minutes}m${rest}s` : `${rest}s`;
}

/** `2026-11-20T23:04:00Z`: UTC to the second (RFC 3339). */
export function formatTime(time: string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? '0001-01-01T00:00:00Z' : `${date.toISOString().slice(0, 19)}Z`;
}

const longWord = /\S{600,}/g;

/** A message with nothing in it that is longer than any path or address somebody may want to read. */
export function withoutLongWords(text: string): string {
  return text.replace(longWord, (word) => `${word.slice(0, 100)}…${word.slice(-20)}`);
}

/** `1 page`, `2 pages`. */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}
