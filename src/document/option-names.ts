/**
 * The names under which the API can write options. A name may hold no comma and 100 characters, and two that differ in
 * case alone are one (options made in the app may break all three rules). One rule for the writer and the comparison.
 */
import type { Json } from './json.ts';
import { stringAt } from './json.ts';

const maxName = 100;

/** The name to write for each of the options of one property; empty for one that has no name. */
export function writableOptionNames(options: readonly Json[]): string[] {
  const given = options.map((option) => stringAt(option, 'name') ?? '');
  const taken = new Set<string>();
  const take = (name: string): string | undefined => {
    if (name === '' || taken.has(name.toLowerCase())) return undefined;
    taken.add(name.toLowerCase());
    return name;
  };
  // Names that can be written as they are keep them, whatever stands before them.
  const kept = given.map((name) => (writableOptionName(name) === name ? take(name) : undefined));
  return given.map((name, index) => {
    const known = kept[index];
    if (known !== undefined || name === '') return known ?? '';
    const base = writableOptionName(name);
    for (let number = 1; ; number += 1) {
      const free = take(number === 1 ? base : `${base.slice(0, maxName - 6).toWellFormed()} (${number})`);
      if (free !== undefined) return free;
    }
  });
}

/** The name to write for an option that stands alone. */
export function writableOptionName(name: string): string {
  return name.replaceAll(',', ';').slice(0, maxName).toWellFormed();
}
