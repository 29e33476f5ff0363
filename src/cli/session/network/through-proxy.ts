/** Requests through the proxy of the environment, or a word that they do not go through it. */
import { KlosetError } from '../../../errors.ts';
import type { App } from '../../app/app.ts';

/** Called before anything on another machine is reached over HTTP. @throws KlosetError usage */
export async function throughProxy(app: App): Promise<void> {
  const { proxyVariable, useProxy } = await import('../../../proxy.ts');
  const name = proxyVariable(app.io.env);
  if (name === undefined) return;
  if (isUsed(() => useProxy(app.io.env), name)) return;
  app.tellOnce(
    `${name} is set, and this Node (${process.versions.node}) cannot use it: requests go directly. Node 24.14 and newer can, and 22.21 with NODE_USE_ENV_PROXY=1.`,
  );
}

function isUsed(use: () => boolean, name: string): boolean {
  try {
    return use();
  } catch (cause) {
    // The address may hold a password.
    throw new KlosetError('usage', `${name} is not the address of a proxy.`, {
      hint: 'Write it like http://proxy.example.com:3128, or unset it.',
      cause,
    });
  }
}
