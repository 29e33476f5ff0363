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
  readonly #answered = new Set<Feature>();

  add(feature: Feature, reason: string): void {
    this.#reasons.set(feature, reason);
  }

  has(feature: Feature): boolean {
    return this.#reasons.has(feature);
  }

  /** Notes that the server gave what was asked for at least once. */
  noteAnswer(feature: Feature): void {
    this.#answered.add(feature);
  }

  hasAnswered(feature: Feature): boolean {
    return this.#answered.has(feature);
  }

  /** The reasons by feature, in the order in which they were refused. */
  reasons(): { [feature: string]: string } {
    return Object.fromEntries(this.#reasons);
  }
}
