import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/simulator/workspace/json.ts';
import { isJsonObject, stringAt } from '../../src/simulator/workspace/json.ts';
import type { State } from '../../src/simulator/workspace/state.ts';
import { addBlock, addUser } from '../../src/simulator/workspace/state.ts';
import type { Send } from './workspace.ts';
import { smallWorkspace, withSimulator } from './workspace.ts';

const size = 300_000;

/** A workspace with one image of 300,000 bytes and a user with an avatar. */
function withMedia(): { state: State; imageId: string; userId: string } {
  const { state, home } = smallWorkspace();
  for (const key of ['photo', 'face']) {
    state.files.set(key, {
      key,
      name: `${key} ü.png`,
      contentType: 'image/png',
      size,
      bytes: (from, to) => Uint8Array.from({ length: to - from }, (_, index) => (from + index) % 251),
    });
  }
  const image = addBlock(state, {
    parent: { type: 'page_id', id: home.id },
    type: 'image',
    payload: { type: 'file', file: { key: 'photo' }, caption: [] },
  });
  const user = addUser(state, { name: 'Ada', avatarKey: 'face' });
  return { state, imageId: image.id, userId: user.id };
}

async function imageFile(send: Send, id: string): Promise<{ url: string; expiry: string }> {
  const { body } = await send('GET', `blocks/${id}`);
  const image = isJsonObject(body.image) ? body.image : {};
  const file: JsonObject = isJsonObject(image.file) ? image.file : {};
  return { url: stringAt(file, 'url') ?? '', expiry: stringAt(file, 'expiry_time') ?? '' };
}

describe('signed URLs', () => {
  it('differ at every read, work for an hour, and then no longer', () => {
    const { state, imageId } = withMedia();
    return withSimulator({ state }, async ({ clock }, send) => {
      const { url, expiry } = await imageFile(send, imageId);
      expect(Date.parse(expiry) - clock.now()).toBe(3_600_000);
      const again = await imageFile(send, imageId);
      expect(again.url).not.toBe(url);
      expect(new URL(again.url).pathname).toBe(new URL(url).pathname);
      const whole = await fetch(url);
      expect(whole.status).toBe(200);
      expect((await whole.arrayBuffer()).byteLength).toBe(size);
      clock.advance(3_599_000);
      expect((await fetch(url)).status).toBe(200);
      clock.advance(1_000);
      expect((await fetch(url)).status).toBe(403);
      expect((await fetch((await imageFile(send, imageId)).url)).status).toBe(200);
    });
  });

  it('are refused when anything about them is changed', () => {
    const { state, imageId } = withMedia();
    return withSimulator({ state }, async (_, send) => {
      const url = new URL((await imageFile(send, imageId)).url);
      url.searchParams.set('X-Amz-Date', '20991231T235959Z');
      expect((await fetch(url)).status).toBe(403);
      expect((await fetch(`${url.origin}${url.pathname}`)).status).toBe(403);
    });
  });

  it('give ranges, also under If-Range', () => {
    const { state, imageId } = withMedia();
    return withSimulator({ state }, async (_, send) => {
      const { url } = await imageFile(send, imageId);
      const part = await fetch(url, { headers: { range: 'bytes=100000-' } });
      expect(part.status).toBe(206);
      expect(part.headers.get('content-range')).toBe(`bytes 100000-${size - 1}/${size}`);
      const bytes = new Uint8Array(await part.arrayBuffer());
      expect([bytes.length, bytes[0]]).toEqual([200_000, 100_000 % 251]);
      const etag = part.headers.get('etag') ?? '';
      const same = await fetch(url, { headers: { range: 'bytes=5-9', 'if-range': etag } });
      expect([same.status, (await same.arrayBuffer()).byteLength]).toEqual([206, 5]);
      const other = await fetch(url, { headers: { range: 'bytes=5-9', 'if-range': '"stale"' } });
      expect([other.status, (await other.arrayBuffer()).byteLength]).toEqual([200, size]);
      expect((await fetch(url, { headers: { range: `bytes=${size}-` } })).status).toBe(416);
    });
  });

  it('must be asked without the token', () => {
    const { state, imageId } = withMedia();
    return withSimulator({ state }, async ({ tokenLeaks, token }, send) => {
      const { url } = await imageFile(send, imageId);
      expect(tokenLeaks).toEqual([]);
      expect((await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status).toBe(400);
      expect(tokenLeaks).toEqual([new URL(url).pathname]);
    });
  });
});

describe('avatars', () => {
  it('are served to everybody, unsigned', () => {
    const { state, userId } = withMedia();
    return withSimulator({ state }, async ({ clock }, send) => {
      const { body } = await send('GET', `users/${userId}`);
      clock.advance(86_400_000);
      expect((await fetch(String(body.avatar_url))).status).toBe(200);
    });
  });
});

describe('media faults', () => {
  it('cut an answer short of its length', () => {
    const { state, imageId } = withMedia();
    return withSimulator({ state, faults: { mediaCut: 1 } }, async (_, send) => {
      const { url } = await imageFile(send, imageId);
      const cut = fetch(url).then((response) => response.arrayBuffer());
      await expect(cut).rejects.toThrow();
    });
  });

  it('refuse and fail', () => {
    const { state, imageId } = withMedia();
    return withSimulator({ state, faults: { media403: 1 } }, async ({ faults }, send) => {
      const { url } = await imageFile(send, imageId);
      expect((await fetch(url)).status).toBe(403);
      faults.rates.media500 = 1;
      expect((await fetch(url)).status).toBe(500);
    });
  });
});

describe('media answers that are none', () => {
  it('are a page of HTML, 202 or 204, drawn by rate', () => {
    const { state, imageId } = withMedia();
    return withSimulator({ state, faults: { mediaHtml: 1 } }, async ({ faults }, send) => {
      const { url } = await imageFile(send, imageId);
      const page = await fetch(url);
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8']);
      expect(await page.text()).toContain('<html>');
      Object.assign(faults.rates, { mediaHtml: 0, media202: 1 });
      const later = await fetch(url);
      expect([later.status, (await later.arrayBuffer()).byteLength]).toEqual([202, 0]);
      Object.assign(faults.rates, { media202: 0, media204: 1 });
      expect((await fetch(url)).status).toBe(204);
      faults.rates.media204 = 0;
      expect((await (await fetch(url)).arrayBuffer()).byteLength).toBe(size);
    });
  });

  it('can be scripted for one file, so many times', () => {
    const { state, imageId } = withMedia();
    return withSimulator({ state }, async ({ faults }, send) => {
      const { url } = await imageFile(send, imageId);
      for (const answer of ['html', 'accepted', 'empty', 'cut'] as const)
        faults.script.push({ path: /^\/files\/.*photo/, times: 1, answer });
      expect((await fetch(url)).headers.get('content-type')).toContain('text/html');
      expect([(await fetch(url)).status, (await fetch(url)).status]).toEqual([202, 204]);
      await expect(fetch(url).then((response) => response.arrayBuffer())).rejects.toThrow();
      expect((await (await fetch(url)).arrayBuffer()).byteLength).toBe(size);
    });
  });
});

describe('a file host with a line of 100,000 bytes a second', () => {
  it('takes latency and bytes / bandwidth for one file, and shares the line evenly between two', () => {
    const { state, imageId } = withMedia();
    return withSimulator({ state, latencyMs: 200, mediaBytesPerSecond: 100_000 }, async ({ clock }, send) => {
      const { url } = await imageFile(send, imageId);
      const start = clock.now();
      const took = async () => {
        await (await fetch(url)).arrayBuffer();
        return clock.now() - start;
      };
      expect(await took()).toBeCloseTo(3_200);
      const again = await Promise.all([took(), took()]);
      // Both end with the line's last bytes; only their last pieces pass one after the other.
      expect(Math.max(...again)).toBeCloseTo(3_200 + 200 + 6_000);
      expect(Math.min(...again)).toBeGreaterThanOrEqual(3_200 + 200 + 5_300);
    });
  });

  it('takes no time of the line for a download that was broken off', () => {
    const { state, imageId } = withMedia();
    return withSimulator({ state, mediaBytesPerSecond: 100_000 }, async ({ clock }, send) => {
      const { url } = await imageFile(send, imageId);
      const stopped = new AbortController();
      const answer = await fetch(url, { signal: stopped.signal });
      await answer.body?.getReader().read();
      stopped.abort();
      const start = clock.now();
      await (await fetch(url)).arrayBuffer();
      // A piece of 64 KiB may have been under way.
      expect(clock.now() - start).toBeLessThanOrEqual(3_000 + 656);
    });
  });
});
