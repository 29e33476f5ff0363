/** Serves hosted media: signed URLs until they expire, avatars and emoji to everybody, ranges to whoever asks. */
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { World } from './exchange.ts';
import { checkSignature } from './protocol/media-url.ts';
import { Disruption } from './strike.ts';
import type { StoredFile } from './workspace/state.ts';

const chunkBytes = 64 * 1_024;

export interface MediaRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

/** True for paths served here rather than by the API. */
export function isMediaPath(path: string): boolean {
  return path.startsWith('/files/') || path.startsWith('/public/');
}

/** Lets so many milliseconds pass. */
type Wait = (ms: number) => Promise<void>;

/** Answers a media request; resolves with the status when the last byte is handed over. */
export async function serveMedia(
  world: World,
  request: MediaRequest,
  response: ServerResponse,
  wait: Wait,
): Promise<number> {
  const scripted = world.faults.scripted(request.method, request.path);
  if (scripted === 'reset' || scripted === 'hang') throw new Disruption(scripted);
  if (typeof scripted === 'object')
    return sendXml(response, scripted.status, scripted.code, scripted.message);
  const isHtml = scripted === 'html' || world.faults.strikes('mediaHtml');
  if (isHtml) return sendHtml(response);
  if (scripted === 'accepted' || world.faults.strikes('media202')) return sendHead(response, 202, {});
  if (scripted === 'empty' || world.faults.strikes('media204')) return sendHead(response, 204, {});
  const refusal = refuse(world, request);
  if (refusal !== undefined) return sendXml(response, ...refusal);
  const file = findFile(world, request.path);
  if (file === undefined) return sendXml(response, 404, 'NoSuchKey', 'The specified key does not exist.');
  return sendFile(world, request, response, file, { isScriptedCut: scripted === 'cut', wait });
}

function refuse(world: World, request: MediaRequest): [number, string, string] | undefined {
  if (request.method !== 'GET' && request.method !== 'HEAD') return [405, 'MethodNotAllowed', 'Not allowed.'];
  if (request.headers.authorization !== undefined) {
    return [400, 'InvalidArgument', 'Only one auth mechanism allowed.'];
  }
  if (world.faults.strikes('media500')) return [500, 'InternalError', 'We encountered an internal error.'];
  if (!request.path.startsWith('/files/')) return undefined;
  if (world.faults.strikes('media403')) return [403, 'AccessDenied', 'Access Denied'];
  const judged = checkSignature(world, request.path, request.query);
  if (judged === 'expired') return [403, 'AccessDenied', 'Request has expired'];
  if (judged === 'forged') return [403, 'SignatureDoesNotMatch', 'The request signature does not match.'];
  return undefined;
}

function findFile(world: World, path: string): StoredFile | undefined {
  const segments = path.split('/');
  const key = segments[1] === 'files' ? segments[3] : segments[2];
  try {
    return world.state.files.get(decodeURIComponent(key ?? ''));
  } catch {
    return undefined;
  }
}

async function sendFile(
  world: World,
  request: MediaRequest,
  response: ServerResponse,
  file: StoredFile,
  { isScriptedCut, wait }: { isScriptedCut: boolean; wait: Wait },
): Promise<number> {
  const etag = `"${createHash('md5').update(`${file.key}:${file.size}`).digest('hex')}"`;
  const headers = { etag, 'accept-ranges': 'bytes', 'content-type': file.contentType };
  if (request.headers['if-none-match'] === etag) return sendHead(response, 304, headers);
  const range = rangeOf(request.headers, etag, file.size);
  if (range === 'unsatisfiable') {
    return sendHead(response, 416, { ...headers, 'content-range': `bytes */${file.size}` });
  }
  const { from, to } = range ?? { from: 0, to: file.size };
  const status = range === undefined ? 200 : 206;
  response.writeHead(status, {
    ...headers,
    'content-length': to - from,
    ...(range === undefined ? {} : { 'content-range': `bytes ${from}-${to - 1}/${file.size}` }),
  });
  const isCut = isScriptedCut || world.faults.strikes('mediaCut');
  const end = isCut ? from + Math.floor((to - from) / 2) : to;
  if (request.method === 'GET')
    await write(response, file, { from, to: end }, (bytes) => wait(world.mediaLink.send(bytes)));
  if (isCut) response.destroy();
  else response.end();
  return status;
}

async function write(
  response: ServerResponse,
  file: StoredFile,
  { from, to }: { from: number; to: number },
  pass: (bytes: number) => Promise<void>,
): Promise<void> {
  for (let at = from; at < to && !response.destroyed; at += chunkBytes) {
    const end = Math.min(to, at + chunkBytes);
    await pass(end - at);
    if (response.destroyed) return;
    const isRoomLeft = response.write(file.bytes(at, end));
    if (!isRoomLeft) await drained(response);
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}

/** One range; undefined to send everything, as for a stale If-Range. */
function rangeOf(
  headers: IncomingHttpHeaders,
  etag: string,
  size: number,
): { from: number; to: number } | 'unsatisfiable' | undefined {
  const ifRange = headers['if-range'];
  if (headers.range === undefined || (ifRange !== undefined && ifRange !== etag)) return undefined;
  const parts = /^bytes=(\d*)-(\d*)$/.exec(headers.range);
  const [first = '', last = ''] = parts?.slice(1) ?? [];
  if (parts === null || (first === '' && last === '')) return undefined;
  if (first === '') return { from: Math.max(0, size - Number(last)), to: size };
  const from = Number(first);
  const to = last === '' ? size : Math.min(size, Number(last) + 1);
  return from >= size || to <= from ? 'unsatisfiable' : { from, to };
}

function sendHead(
  response: ServerResponse,
  status: number,
  headers: { readonly [name: string]: string },
): number {
  response.writeHead(status, headers).end();
  return status;
}

/** Sends what a proxy or a login wall sends in place of a file, as if all were well. */
function sendHtml(response: ServerResponse): number {
  response.writeHead(200, { 'content-type': 'text/html; charset=UTF-8' });
  response.end('<!DOCTYPE html><html><body><h1>Please sign in</h1></body></html>');
  return 200;
}

function sendXml(response: ServerResponse, status: number, code: string, message: string): number {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  response.writeHead(status, { 'content-type': 'application/xml' }).end(body);
  return status;
}
