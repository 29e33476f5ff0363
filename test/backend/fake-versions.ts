/**
 * Versions of the objects of a fake bucket with Object Lock, in compliance mode: a version is removed by its number, and not
 * before its date; without a number a mark is laid over the object. As strict as AWS's reference says.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { Refusal } from './s3-refusal.ts';

export interface Version<T> {
  readonly id: string;
  readonly object: T;
  keptUntilMs: number | undefined;
}

export class FakeVersions<T> {
  /** The time of the server, which a test moves on. */
  nowMs: () => number = () => Date.now();
  readonly #versions = new Map<string, Version<T>[]>();
  #next = 1;

  /** Keys that have a version, current or not. */
  get keys(): string[] {
    return [...this.#versions].filter(([, versions]) => versions.length > 0).map(([key]) => key);
  }

  of(key: string): readonly Version<T>[] {
    return this.#versions.get(key) ?? [];
  }

  /** Notes a new current version; returns its number. */
  add(key: string, object: T, headers: IncomingHttpHeaders): string {
    const id = `v${this.#next++}`;
    this.#versions.set(key, [...this.of(key), { id, object, keptUntilMs: this.#dateIn(headers) }]);
    return id;
  }

  #dateIn(headers: IncomingHttpHeaders): number | undefined {
    const mode = headers['x-amz-object-lock-mode'];
    const until = headers['x-amz-object-lock-retain-until-date'];
    if (mode === undefined && until === undefined) return undefined;
    if (mode !== 'COMPLIANCE' || headers['content-md5'] === undefined)
      throw new Refusal(400, 'InvalidRequest');
    return this.#future(String(until));
  }

  #future(text: string): number {
    const until = Date.parse(text);
    if (!(until > this.nowMs())) throw new Refusal(400, 'InvalidArgument');
    return until;
  }

  /** Removes that version. Returns the one that is the newest then. */
  remove(key: string, id: string): T | undefined {
    const found = this.of(key).find((version) => version.id === id);
    if ((found?.keptUntilMs ?? 0) > this.nowMs()) throw new Refusal(403, 'AccessDenied');
    const left = this.of(key).filter((version) => version.id !== id);
    this.#versions.set(key, left);
    return left.at(-1)?.object;
  }

  /** PutObjectRetention: a date may be moved on, never back. */
  keep(key: string, id: string | null, body: string): void {
    const versions = this.of(key);
    const found = id === null ? versions.at(-1) : versions.find((version) => version.id === id);
    if (found === undefined) throw new Refusal(404, 'NoSuchVersion');
    if (!body.includes('<Mode>COMPLIANCE</Mode>')) throw new Refusal(400, 'MalformedXML');
    const until = this.#future(/<RetainUntilDate>([^<]+)<\/RetainUntilDate>/.exec(body)?.[1] ?? '');
    if (until < (found.keptUntilMs ?? 0)) throw new Refusal(403, 'AccessDenied');
    found.keptUntilMs = until;
  }

  /** Headers of an answer about the object at `key`. */
  headersOf(key: string): { [name: string]: string } {
    const current = this.of(key).at(-1);
    if (current === undefined) return {};
    return {
      'x-amz-version-id': current.id,
      ...(current.keptUntilMs === undefined
        ? {}
        : {
            'x-amz-object-lock-mode': 'COMPLIANCE',
            'x-amz-object-lock-retain-until-date': new Date(current.keptUntilMs).toISOString(),
          }),
    };
  }
}
