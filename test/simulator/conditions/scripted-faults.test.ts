import { describe, expect, it } from 'vitest';
import { notSupported } from '../../../src/simulator/conditions/scripted-faults.ts';
import { smallWorkspace, withSimulator } from '../workspace.ts';

describe('scripted faults', () => {
  it('befall the requests they name, so many times', () => {
    const { state, home } = smallWorkspace();
    return withSimulator({ state }, async ({ faults }, send) => {
      faults.script.push({
        method: 'GET',
        path: /children/,
        times: 2,
        answer: notSupported('Block type form'),
      });
      const statuses = async (path: string) => (await send('GET', path)).status;
      expect(await statuses(`pages/${home.id}`)).toBe(200);
      const refused = await send('GET', `blocks/${home.id}/children`);
      expect(refused.body).toMatchObject({
        status: 400,
        code: 'validation_error',
        message: 'Block type form is not supported via the API.',
      });
      expect(await statuses(`blocks/${home.id}/children?page_size=50`)).toBe(400);
      expect(await statuses(`blocks/${home.id}/children`)).toBe(200);
    });
  });

  it('see the query, so one page of a listing can be refused', () => {
    const { state, home } = smallWorkspace();
    return withSimulator({ state }, async ({ faults }, send) => {
      const answer = { status: 403, code: 'restricted_resource', message: 'Insufficient permissions.' };
      faults.script.push({ path: /children\?.*start_cursor/, answer });
      const first = await send('GET', `blocks/${home.id}/children?page_size=1`);
      expect(first.status).toBe(200);
      const next = `blocks/${home.id}/children?page_size=1&start_cursor=${first.body.next_cursor}`;
      expect(await send('GET', next)).toMatchObject({ status: 403, body: { code: 'restricted_resource' } });
    });
  });

  it('break connections, cut answers, and answer without a body or in HTML', () => {
    const { state, home } = smallWorkspace();
    return withSimulator({ state }, async ({ faults }, send) => {
      const path = new RegExp(`pages/${home.id}`);
      for (const answer of ['reset', 'cut'] as const) {
        faults.script.push({ path, times: 1, answer });
        await expect(send('GET', `pages/${home.id}`)).rejects.toThrow();
      }
      faults.script.push({ path, times: 1, answer: 'accepted' }, { path, times: 1, answer: 'html' });
      expect((await send('GET', `pages/${home.id}`)).status).toBe(202);
      expect((await send('GET', `pages/${home.id}`)).headers.get('content-type')).toContain('text/html');
      expect((await send('GET', `pages/${home.id}`)).status).toBe(200);
    });
  });
});
