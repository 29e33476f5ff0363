/** The ways in which settings give a secret, as ends of the name of its option. */
const ends = ['', '_file', '_command', '_env', '_keychain'];

/** The options that give the secret `name`: `token`, `token_file` and so on. */
export function waysToGive(name: string): string[] {
  return ends.map((end) => `${name}${end}`);
}
