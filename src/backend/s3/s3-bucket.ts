/** One bucket of an S3 server: requests that are repeated while their failure may pass. The only user of the SDK's client. */
import { createHash } from 'node:crypto';
import type { CompletedPart, S3Client } from '@aws-sdk/client-s3';
import { KlosetError } from '../../errors.ts';
import type { ByteRange } from '../backend.ts';
import type { Patience } from '../remote/patience.ts';
import { interruptOf, withPatience } from '../remote/patience.ts';
import type { WatchedPaces } from '../remote/traffic.ts';
import { bodyOf, sentBody } from './s3-body.ts';
import type { S3Action, S3Failure } from './s3-errors.ts';
import { failureOf, isPassing, noBucket, s3Error } from './s3-errors.ts';
import type { Sdk } from './sdk.ts';

/** One key as a listing shows it. */
export interface ListedKey {
  readonly key: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

/** Facts of an object, without its bytes. */
export interface FoundKey {
  readonly sizeBytes: number;
  /** The server's mark of its contents. */
  readonly etag: string;
  /** The number of this version, where the bucket has versions. */
  readonly versionId?: string;
  /** The end of the time for which this version is kept, in milliseconds since 1970; absent without one. */
  readonly keptUntilMs?: number;
}

export interface PutOptions {
  /** Refused when the key is taken. */
  readonly isNew: boolean;
  /** Until then nobody removes it. */
  readonly keptUntil?: Date | undefined;
}

/** Written; not written, because the key is taken; not written, because the server knows no condition. */
export type PutResult = 'written' | 'taken' | 'no-conditions';

/** Bytes that were there of those asked for: fewer than that at the end of the object. */
export type GetResult = Uint8Array | 'absent' | 'beyond';

export interface BucketParts {
  readonly sdk: Sdk;
  readonly client: S3Client;
  readonly bucket: string;
  /** For messages. */
  readonly location: string;
  readonly patience: Patience;
  /** A body that stands still for this long is given up, in milliseconds. */
  readonly idleMs: number;
  readonly paces: WatchedPaces;
}

/** Bodies of this size are cut off by an interrupt; smaller ones, which may be locks and headers, arrive or fail by themselves. */
const minCutBytes = 64 * 1024;

export class S3Bucket {
  readonly #parts: BucketParts;
  readonly #target: { readonly Bucket: string };

  constructor(parts: BucketParts) {
    this.#parts = parts;
    this.#target = { Bucket: parts.bucket };
  }

  /** @throws KlosetError credentials, unavailable, temporary when the storage is full */
  async put(key: string, bytes: Uint8Array, { isNew, keptUntil }: PutOptions): Promise<PutResult> {
    const { sdk, client, paces } = this.#parts;
    const cut = bytes.length < minCutBytes ? {} : this.#cut;
    const command = () =>
      new sdk.PutObjectCommand({
        ...this.#target,
        Key: key,
        ...sentBody(bytes, paces.upload),
        ContentMD5: md5(bytes),
        ...(isNew ? { IfNoneMatch: '*' } : {}),
        ...kept(keptUntil),
      });
    return await this.#unless(
      'write',
      async () => {
        await client.send(command(), cut);
        paces.traffic?.sent(bytes.length);
        return 'written' as const;
      },
      ({ status }) => {
        if (!isNew) return undefined;
        if (status === 412) return 'taken' as const;
        return status === 501 ? ('no-conditions' as const) : undefined;
      },
    );
  }

  /** The whole object, or what there is of `range`. @throws KlosetError as `put`, integrity for more than `maxBytes` */
  async get(key: string, range: ByteRange | undefined, maxBytes: number): Promise<GetResult> {
    const { sdk, client, idleMs, paces } = this.#parts;
    const cut = this.#cut;
    const first = range === undefined ? undefined : `bytes ${range.offset}-`;
    const Range =
      range === undefined ? {} : { Range: `bytes=${range.offset}-${range.offset + range.length - 1}` };
    return await this.#unless(
      'read',
      async () => {
        const command = new sdk.GetObjectCommand({ ...this.#target, Key: key, ...Range });
        const answer = await client.send(command, cut);
        const limits = {
          maxBytes,
          idleMs,
          interrupt: cut.abortSignal,
          pace: paces.download,
          traffic: paces.traffic,
        };
        const bytes = await bodyOf(answer, limits);
        if (bytes === undefined) throw this.#answer(`${key} is larger than any object of a store`);
        if (first !== undefined && answer.ContentRange?.startsWith(first) !== true)
          throw this.#answer('another part of an object came than was asked for');
        return bytes;
      },
      ({ name, status }) => {
        if (name === 'NoSuchKey') return 'absent' as const;
        return status === 416 ? ('beyond' as const) : undefined;
      },
    );
  }

  /** Facts of the object; undefined when there is none. */
  async head(key: string): Promise<FoundKey | undefined> {
    const { sdk, client } = this.#parts;
    const found = await this.#unless(
      'read',
      () => client.send(new sdk.HeadObjectCommand({ ...this.#target, Key: key }), this.#cut),
      ({ status }) => (status === 404 ? ('absent' as const) : undefined),
    );
    if (found !== 'absent')
      return {
        sizeBytes: found.ContentLength ?? 0,
        etag: found.ETag ?? '',
        ...(found.VersionId === undefined ? {} : { versionId: found.VersionId }),
        ...(found.ObjectLockRetainUntilDate === undefined
          ? {}
          : { keptUntilMs: found.ObjectLockRetainUntilDate.getTime() }),
      };
    // An answer to HEAD has no body that tells a missing object from a missing bucket.
    await this.#requireBucket();
    return undefined;
  }

  /** @throws KlosetError unavailable when the bucket is not there */
  async #requireBucket(): Promise<void> {
    const { sdk, client, location } = this.#parts;
    const found = await this.#unless(
      'read',
      async () => {
        await client.send(new sdk.HeadBucketCommand(this.#target), this.#cut);
        return 'there' as const;
      },
      // Whoever may not ask for the bucket itself may still use what lies in it.
      ({ status }) =>
        status === 404 ? ('absent' as const) : status === 403 ? ('there' as const) : undefined,
    );
    if (found === 'absent') throw noBucket(location);
  }

  /** Every key that begins so, in order, a page at a time. */
  async *list(prefix: string): AsyncGenerator<ListedKey> {
    const { sdk, client } = this.#parts;
    let token: string | undefined;
    do {
      const next = token === undefined ? {} : { ContinuationToken: token };
      const page = await this.#repeat('list', () =>
        client.send(new sdk.ListObjectsV2Command({ ...this.#target, Prefix: prefix, ...next }), this.#cut),
      );
      for (const { Key = '', Size = 0, LastModified } of page.Contents ?? [])
        yield { key: Key, sizeBytes: Size, modifiedMs: LastModified?.getTime() ?? 0 };
      if (page.IsTruncated === true && page.NextContinuationToken === undefined)
        throw this.#answer('a page of a list does not say where the next one begins');
      const following = page.IsTruncated === true ? page.NextContinuationToken : undefined;
      if (following !== undefined && following === token)
        throw this.#answer('a page of a list is followed by itself');
      token = following;
    } while (token !== undefined);
  }

  /**
   * Removes the object, or that version of it alone; one that is gone is not an error. In a bucket with versions the object
   * is only marked as removed without `versionId`.
   */
  async remove(key: string, versionId?: string): Promise<void> {
    const { sdk, client } = this.#parts;
    const target = {
      ...this.#target,
      Key: key,
      ...(versionId === undefined ? {} : { VersionId: versionId }),
    };
    await this.#unless(
      'remove',
      async () => void (await client.send(new sdk.DeleteObjectCommand(target))),
      ({ name }) => (name === 'NoSuchKey' ? ('gone' as const) : undefined),
    );
  }

  /** True when the bucket can keep objects from being removed. @throws KlosetError credentials when it may not be asked */
  async hasObjectLock(): Promise<boolean> {
    const { sdk, client } = this.#parts;
    const found = await this.#unless(
      'read',
      () => client.send(new sdk.GetObjectLockConfigurationCommand(this.#target), this.#cut),
      ({ name, status }) =>
        (status === 404 && name !== 'NoSuchBucket') || status === 501 || status === 405
          ? ('none' as const)
          : undefined,
    );
    return found !== 'none' && found.ObjectLockConfiguration?.ObjectLockEnabled === 'Enabled';
  }

  /** Keeps the object until then, unless it is kept for longer already. */
  async keep(key: string, until: Date): Promise<'kept' | 'absent'> {
    const { sdk, client } = this.#parts;
    const found = await this.head(key);
    if (found === undefined) return 'absent';
    if ((found.keptUntilMs ?? 0) >= until.getTime()) return 'kept';
    const Retention = { Mode: 'COMPLIANCE', RetainUntilDate: until } as const;
    const { versionId: VersionId } = found;
    const target = { ...this.#target, Key: key, ...(VersionId === undefined ? {} : { VersionId }) };
    await this.#repeat('write', () =>
      client.send(new sdk.PutObjectRetentionCommand({ ...target, Retention })),
    );
    return 'kept';
  }

  /** Milliseconds by which the server's clock is ahead of this machine's, as far as a refusal has told it. */
  get clockOffsetMs(): number {
    return this.#parts.client.config.systemClockOffset;
  }

  /**
   * Writes an object of several parts, each of at least 5 MiB but the last. It appears with the last, and whole; `taken` when
   * another of that name appeared meanwhile and the server noticed.
   */
  async putParts(
    key: string,
    parts: AsyncIterable<Uint8Array>,
    keptUntil?: Date,
  ): Promise<'written' | 'taken'> {
    const { sdk, client } = this.#parts;
    const begun = await this.#repeat('write', () =>
      client.send(new sdk.CreateMultipartUploadCommand({ ...this.#target, Key: key, ...kept(keptUntil) })),
    );
    if (begun.UploadId === undefined) throw this.#answer('an upload was given no id');
    const upload = { ...this.#target, Key: key, UploadId: begun.UploadId };
    try {
      const sent = await this.#sendParts(upload, parts);
      const finish = { ...upload, MultipartUpload: { Parts: sent.parts }, IfNoneMatch: '*' };
      const result = await this.#unless(
        'write',
        async () => {
          await client.send(new sdk.CompleteMultipartUploadCommand(finish));
          return 'written' as const;
        },
        // A repeat after a lost answer finds the upload ended, or its own object.
        ({ name, status }) => (status === 412 || name === 'NoSuchUpload' ? ('taken' as const) : undefined),
      );
      if (result === 'taken' && (await this.head(key))?.etag === sent.etag) return 'written';
      return result;
    } catch (error) {
      await client.send(new sdk.AbortMultipartUploadCommand(upload)).catch(() => undefined);
      throw error;
    }
  }

  /** Sends the parts one after the other. `etag` is the mark that the object of these parts has. */
  async #sendParts(
    upload: { readonly Bucket: string; readonly Key: string; readonly UploadId: string },
    parts: AsyncIterable<Uint8Array>,
  ): Promise<{ readonly parts: CompletedPart[]; readonly etag: string }> {
    const { sdk, client, paces } = this.#parts;
    const cut = this.#cut;
    const sent: CompletedPart[] = [];
    const digests = createHash('md5');
    for await (const bytes of parts) {
      const PartNumber = sent.length + 1;
      const digest = createHash('md5').update(bytes).digest();
      digests.update(digest);
      const part = { ...upload, PartNumber, ContentMD5: digest.toString('base64') };
      const command = () => new sdk.UploadPartCommand({ ...part, ...sentBody(bytes, paces.upload) });
      const { ETag } = await this.#repeat('write', () => client.send(command(), cut));
      paces.traffic?.sent(bytes.length);
      sent.push({ PartNumber, ...(ETag === undefined ? {} : { ETag }) });
    }
    return { parts: sent, etag: `"${digests.digest('hex')}-${sent.length}"` };
  }

  /** The interrupt of a request that begins now, as the SDK takes it. */
  get #cut(): { readonly abortSignal?: AbortSignal } {
    const abortSignal = interruptOf(this.#parts.patience);
    return abortSignal === undefined ? {} : { abortSignal };
  }

  /** The result of `request`, or what `answer` makes of a failure that is an answer rather than trouble. */
  async #unless<T, A>(
    action: S3Action,
    request: () => Promise<T>,
    answer: (failure: S3Failure) => A | undefined,
  ): Promise<T | A> {
    return await this.#repeat(action, async () => {
      try {
        return await request();
      } catch (error) {
        const found = error instanceof KlosetError ? undefined : answer(failureOf(error));
        if (found === undefined) throw error;
        return found;
      }
    });
  }

  async #repeat<T>(action: S3Action, request: () => Promise<T>): Promise<T> {
    const { patience, location } = this.#parts;
    try {
      return await withPatience(patience, isPassing, request);
    } catch (error) {
      if (error === patience.signal?.reason) throw error;
      throw s3Error(error, location, action);
    }
  }

  #answer(problem: string): KlosetError {
    return new KlosetError('integrity', `${this.#parts.location}: ${problem}.`);
  }
}

function kept(until: Date | undefined) {
  if (until === undefined) return {};
  return { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: until } as const;
}

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('base64');
}
