/**
 * Hosts of media that give no answer at all. A workspace has thousands of files on one host: once one of them was tried
 * to the end in vain, each further one is tried once, until the host answers again.
 */
export class SilentHosts {
  readonly #hosts = new Set<string>();

  has(url: string): boolean {
    return this.#hosts.has(hostOf(url));
  }

  add(url: string): void {
    this.#hosts.add(hostOf(url));
  }

  /** Records that the host answered, whatever it said. */
  delete(url: string): void {
    this.#hosts.delete(hostOf(url));
  }
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}
