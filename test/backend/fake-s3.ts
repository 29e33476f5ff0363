/**
 * An S3 server in this process, for failures, paging and repeats; the real ones are in test/servers. It checks what a real
 * one would refuse (key, MD5, part sizes, conditions) and shares no code with the backend.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FakeVersions } from './fake-versions.ts';
import { Refusal } from './s3-refusal.ts';

interface Stored {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly modified: Date;
}

/** A request as the faults see it. */
export interface SeenRequest {
  readonly method: string;
  /** Without the bucket; empty for requests to the bucket itself. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}

/**
 * Done to a request in place of, or after, what it asked for: an error; a connection cut before anything happens, after it
 * happened but before the answer, or in the middle of the answer; silence, or half of an answer and then silence.
 */
export type Fault =
  | { readonly status: number; readonly code: string; readonly body?: string }
  | 'cut'
  | 'cut-answer'
  | 'cut-body'
  | 'silence'
  | 'still-body';

export interface FakeS3Options {
  /** What the server makes of If-None-Match: obeys, answers 501, or takes no notice. */
  readonly conditional?: 'obeyed' | 'refused' | 'ignored';
  readonly pageSize?: number;
  /** A bucket with versions and Object Lock. */
  readonly objectLock?: boolean;
}

export const fakeKey = 'AKIDFAKE';
const bucketName = 'bucket';

export class FakeS3 {
  readonly objects = new Map<string, Stored>();
  readonly uploads = new Map<
    string,
    {
      readonly key: string;
      readonly parts: Map<number, Buffer>;
      readonly headers: IncomingMessage['headers'];
    }
  >();
  readonly seen: SeenRequest[] = [];
  /** Looked at before each request; undefined lets it pass. */
  fault: (request: SeenRequest) => Fault | undefined = () => undefined;
  /** Undefined for a bucket without versions. */
  readonly versions: FakeVersions<Stored> | undefined;
  readonly #options: FakeS3Options;
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  #nextUpload = 1;

  constructor(options: FakeS3Options = {}) {
    this.#options = options;
    this.versions = options.objectLock === true ? new FakeVersions() : undefined;
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get address(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `s3+http://127.0.0.1:${port}/${bucketName}`;
  }

  /** Requests by method since the start, or since `seen` was emptied. */
  counts(): { [method: string]: number } {
    const counts: { [method: string]: number } = {};
    for (const { method } of this.seen) counts[method] = (counts[method] ?? 0) + 1;
    return counts;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fake');
    const [, bucket = '', ...rest] = url.pathname.split('/').map(decodeURIComponent);
    const seen: SeenRequest = {
      method: request.method ?? '',
      key: rest.join('/'),
      query: url.searchParams,
      headers: request.headers,
    };
    this.seen.push(seen);
    const fault = this.fault(seen);
    if (fault === 'silence') return;
    if (fault === 'cut') return void request.socket.destroy();
    try {
      if (typeof fault === 'object') throw Object.assign(new Refusal(fault.status, fault.code), fault);
      const body = await bodyOf(request);
      checkRequest(seen, body);
      if (bucket !== bucketName) throw new Refusal(404, 'NoSuchBucket');
      const answer = this.#answer(seen, body);
      if (fault === 'cut-answer') return void request.socket.destroy();
      response.writeHead(answer.status, { 'content-length': answer.body.length, ...answer.headers });
      if (fault === 'cut-body') {
        response.write(answer.body.subarray(0, answer.body.length >> 1), () => request.socket.destroy());
        return;
      }
      if (fault === 'still-body')
        return void response.write(answer.body.subarray(0, answer.body.length >> 1));
      response.end(seen.method === 'HEAD' ? undefined : answer.body);
    } catch (error) {
      const { status, code } = error instanceof Refusal ? error : new Refusal(500, String(error));
      const text =
        typeof fault === 'object' && fault.body !== undefined
          ? fault.body
          : `<?xml version="1.0"?><Error><Code>${code}</Code><Message>refused: ${code}</Message></Error>`;
      response.writeHead(status, { 'content-type': 'application/xml', date: new Date().toUTCString() });
      response.end(seen.method === 'HEAD' ? undefined : text);
    }
  }

  #answer(seen: SeenRequest, body: Buffer): Answer {
    const { method, key, query } = seen;
    if (key === '' && query.has('object-lock')) return this.#objectLock();
    if (key === '') return method === 'HEAD' ? ok() : this.#list(query);
    if (query.has('uploads')) return this.#begin(key, seen);
    const upload = query.get('uploadId');
    if (upload !== null) return this.#part(method, upload, query, body, seen);
    if (query.has('retention')) return this.#keep(key, query, body);
    if (method === 'PUT') return this.#put(key, body, seen);
    if (method === 'DELETE') return this.#remove(key, query.get('versionId'));
    return this.#get(key, seen);
  }

  #put(key: string, body: Buffer, { headers }: SeenRequest): Answer {
    if (headers['if-none-match'] !== undefined) this.#checkAbsent(key);
    const etag = `"${md5(body).toString('hex')}"`;
    this.#store(key, { bytes: body, etag, modified: this.#now() }, headers);
    return ok('', 200, { etag });
  }

  #now(): Date {
    return new Date(this.versions?.nowMs() ?? Date.now());
  }

  #store(key: string, object: Stored, headers: IncomingMessage['headers']): void {
    if (this.versions !== undefined) this.versions.add(key, object, headers);
    else if (headers['x-amz-object-lock-mode'] !== undefined) throw new Refusal(400, 'InvalidRequest');
    this.objects.set(key, object);
  }

  #remove(key: string, versionId: string | null): Answer {
    const below = versionId === null ? undefined : this.versions?.remove(key, versionId);
    if (below === undefined) this.objects.delete(key);
    else this.objects.set(key, below);
    return ok('', 204);
  }

  #keep(key: string, query: URLSearchParams, body: Buffer): Answer {
    if (this.versions === undefined) throw new Refusal(400, 'InvalidRequest');
    this.versions.keep(key, query.get('versionId'), body.toString());
    return ok();
  }

  #objectLock(): Answer {
    if (this.versions === undefined) throw new Refusal(404, 'ObjectLockConfigurationNotFoundError');
    return ok(
      '<?xml version="1.0"?><ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>',
    );
  }

  #checkAbsent(key: string): void {
    const { conditional = 'obeyed' } = this.#options;
    if (conditional === 'refused') throw new Refusal(501, 'NotImplemented');
    if (conditional === 'obeyed' && this.objects.has(key)) throw new Refusal(412, 'PreconditionFailed');
  }

  #get(key: string, { headers }: SeenRequest): Answer {
    const found = this.objects.get(key);
    if (found === undefined) throw new Refusal(404, 'NoSuchKey');
    const all = {
      etag: found.etag,
      'last-modified': found.modified.toUTCString(),
      ...this.versions?.headersOf(key),
    };
    const range = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '');
    if (range === null) return { status: 200, body: found.bytes, headers: all };
    const [from, to] = [Number(range[1]), Number(range[2])];
    const { length } = found.bytes;
    if (from >= length || to < from) throw new Refusal(416, 'InvalidRange');
    const last = Math.min(to, length - 1);
    return {
      status: 206,
      body: found.bytes.subarray(from, last + 1),
      headers: { ...all, 'content-range': `bytes ${from}-${last}/${length}` },
    };
  }

  #list(query: URLSearchParams): Answer {
    const { pageSize = 1000 } = this.#options;
    const [prefix, after] = [query.get('prefix') ?? '', query.get('continuation-token') ?? ''];
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    const page = keys.slice(0, pageSize);
    const entries = page.map((key) => {
      const { bytes, modified } = this.objects.get(key) ?? { bytes: Buffer.alloc(0), modified: new Date() };
      return `<Contents><Key>${key}</Key><Size>${bytes.length}</Size><LastModified>${modified.toISOString()}</LastModified></Contents>`;
    });
    const more = keys.length > page.length;
    const token = more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
    return ok(
      `<?xml version="1.0"?><ListBucketResult><IsTruncated>${more}</IsTruncated>${token}${entries.join('')}</ListBucketResult>`,
    );
  }

  #begin(key: string, { headers }: SeenRequest): Answer {
    const id = `upload-${this.#nextUpload++}`;
    this.uploads.set(id, { key, parts: new Map(), headers });
    return ok(
      `<?xml version="1.0"?><InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
    );
  }

  #part(method: string, id: string, query: URLSearchParams, body: Buffer, { headers }: SeenRequest): Answer {
    const upload = this.uploads.get(id);
    if (upload === undefined) throw new Refusal(404, 'NoSuchUpload');
    if (method === 'DELETE') {
      this.uploads.delete(id);
      return ok('', 204);
    }
    if (method === 'PUT') {
      upload.parts.set(Number(query.get('partNumber')), body);
      return ok('', 200, { etag: `"${md5(body).toString('hex')}"` });
    }
    if (headers['if-none-match'] !== undefined) this.#checkAbsent(upload.key);
    const parts = [...upload.parts].sort(([one], [other]) => one - other).map(([, bytes]) => bytes);
    if (parts.slice(0, -1).some((part) => part.length < 5 * 1024 ** 2))
      throw new Refusal(400, 'EntityTooSmall');
    const named = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].length;
    if (named !== parts.length) throw new Refusal(400, 'InvalidPart');
    const etag = `"${md5(Buffer.concat(parts.map(md5))).toString('hex')}-${parts.length}"`;
    const stored = { bytes: Buffer.concat(parts), etag, modified: this.#now() };
    // The MD5 is that of each part.
    this.#store(upload.key, stored, { 'content-md5': '', ...upload.headers });
    this.uploads.delete(id);
    return ok(
      `<?xml version="1.0"?><CompleteMultipartUploadResult><ETag>${etag}</ETag></CompleteMultipartUploadResult>`,
    );
  }
}

interface Answer {
  readonly status: number;
  readonly body: Buffer;
  readonly headers?: { readonly [name: string]: string };
}

function ok(text = '', status = 200, headers: { [name: string]: string } = {}): Answer {
  return { status, body: Buffer.from(text), headers };
}

function checkRequest({ headers }: SeenRequest, body: Buffer): void {
  if (!(headers.authorization ?? '').includes(`Credential=${fakeKey}/`))
    throw new Refusal(403, 'InvalidAccessKeyId');
  const digest = headers['content-md5'];
  if (typeof digest === 'string' && digest !== md5(body).toString('base64'))
    throw new Refusal(400, 'BadDigest');
  if (/aws-chunked/.test(String(headers['content-encoding'] ?? '')))
    throw new Refusal(411, 'MissingContentLength');
}

function md5(bytes: Uint8Array): Buffer {
  return createHash('md5').update(bytes).digest();
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}
