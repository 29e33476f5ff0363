/** The features that this server refused; they are not asked for again, and the manifest names them. */

export type Feature =
  | 'archived rows'
  | 'comments'
  | 'custom_emojis'
  | 'search'
  | 'search for edits'
  | 'search of the trash'
  | 'templates'
  | 'users'
  | 'users/me'
  | 'views';

export class RefusedFeatures {
  readonly #reasons = new Map<Feature, string>();

  add(feature: Feature, reason: string): void {
    this.#reasons.set(feature, reason);
  }

  has(feature: Feature): boolean {
    return this.#reasons.has(feature);
  }

  /** The reasons by feature, in the order in which they were refused. */
  reasons(): { [feature: string]: string } {
    return Object.fromEntries(this.#reasons);
  }
}
