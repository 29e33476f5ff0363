import { expect, it } from 'vitest';
import { startSimulator } from '../../../src/simulator/server.ts';
import { addPage, createState } from '../../../src/simulator/workspace/state.ts';
import { refusalsOf } from '../../../src/simulator/write/routes.ts';
import { openDesk, paragraph } from './desk.ts';

it('every write refused with a 400 is kept with its message, other answers are not', async () => {
  const desk = openDesk();
  await desk.ask('PATCH', `blocks/${desk.page.id}/children`, { children: [paragraph('x')] });
  await desk.ask('PATCH', `blocks/${desk.page.id}/children`, { children: [{ quote: {} }] });
  await desk.ask('PATCH', 'pages/3f2b1c4d-0000-4000-8000-000000000000', {});
  expect(refusalsOf(desk.state)).toEqual([
    {
      method: 'PATCH',
      path: `/v1/blocks/${desk.page.id}/children`,
      status: 400,
      code: 'validation_error',
      message:
        'body failed validation: body.children[0].quote.rich_text should be defined, instead was `undefined`.',
    },
  ]);
  expect(refusalsOf(openDesk().state)).toEqual([]);
});

it('writes go over HTTP like reads', async () => {
  const state = createState();
  const page = addPage(state, { parent: { type: 'workspace', id: '' } });
  state.shared.add(page.id);
  const simulator = await startSimulator({ state });
  try {
    const headers = {
      authorization: `Bearer ${simulator.token}`,
      'notion-version': '2026-03-11',
      'content-type': 'application/json',
    };
    const ask = (path: string, body: unknown) =>
      fetch(`${simulator.url}/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    const made = await ask('pages', {
      parent: { page_id: page.id },
      properties: {},
      children: [paragraph('x')],
    });
    expect(made.status).toBe(200);
    const upload: unknown = await (await ask('file_uploads', { filename: 'a.bin.txt' })).json();
    const id = typeof upload === 'object' && upload !== null && 'id' in upload ? String(upload.id) : '';
    const form = new FormData();
    form.append(
      'file',
      new Blob([new Uint8Array([0, 13, 10, 45, 45, 255])], { type: 'text/plain' }),
      'a.txt',
    );
    const { 'content-type': _, ...others } = headers;
    const sent = await fetch(`${simulator.url}/v1/file_uploads/${id}/send`, {
      method: 'POST',
      headers: others,
      body: form,
    });
    expect(await sent.json()).toMatchObject({ status: 'uploaded', content_length: 6 });
    expect(simulator.bugs).toEqual([]);
  } finally {
    await simulator.close();
  }
});
