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

/** After so many places without an answer, and none with one, a feature is asked for at few places only. */
const maxUnanswered = 100;

export class RefusedFeatures {
  readonly #reasons = new Map<Feature, string>();
  readonly #answered = new Set<Feature>();
  readonly #unanswered = new Map<Feature, number>();

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

  /** Notes one more place that was not found, though it may be there. */
  noteUnanswered(feature: Feature): void {
    this.#unanswered.set(feature, (this.#unanswered.get(feature) ?? 0) + 1);
  }

  /** True when the server was asked at many places and gave nothing at any of them. */
  seemsRefused(feature: Feature): boolean {
    return !this.#answered.has(feature) && (this.#unanswered.get(feature) ?? 0) >= maxUnanswered;
  }

  /** The reasons by feature, in the order in which they were refused. */
  reasons(): { [feature: string]: string } {
    return Object.fromEntries(this.#reasons);
  }
}
