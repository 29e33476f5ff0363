/**
 * The proxy that the environment names for requests over HTTP: `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, in capitals or not, as
 * curl reads them. Node does the work from 24.14 on, and from 22.21 on when it was started with `NODE_USE_ENV_PROXY=1`.
 */
import * as http from 'node:http';

type Environment = { readonly [name: string]: string | undefined };

/** Node's own names for them; the types of older versions lack both. */
interface WithProxy {
  setGlobalProxyFromEnv?(env: Environment): () => void;
}

const names = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'] as const;
const exceptions = ['NO_PROXY', 'no_proxy'] as const;
/** This machine itself, and the addresses at which clouds give a machine its credentials, are never asked for through a proxy. */
const own = ['localhost', '127.0.0.1', '[::1]', '::1', '169.254.169.254', '169.254.170.2', '[fd00:ec2::254]'];

let used: Environment | undefined;

/** The variable of `env` that names a proxy; undefined when none does. */
export function proxyVariable(env: Environment): string | undefined {
  return names.find((name) => (env[name] ?? '') !== '');
}

/**
 * Has all requests from now on go through the proxy that `env` names. False when this Node cannot: they go directly then.
 * @throws Error when the variable does not hold the address of a proxy
 */
export function useProxy(env: Environment): boolean {
  if (proxyVariable(env) === undefined || used !== undefined) return true;
  const excepted = exceptions.map((name) => env[name] ?? '').find((value) => value !== '');
  const direct = [...(excepted === undefined ? [] : [excepted]), ...own].join(',');
  const proxied = { ...env, NO_PROXY: direct, no_proxy: direct };
  const { setGlobalProxyFromEnv } = http as WithProxy;
  if (setGlobalProxyFromEnv !== undefined) setGlobalProxyFromEnv(proxied);
  else if (!isSwitchedOn(env)) return false;
  used = proxied;
  return true;
}

/** True when requests go through a proxy, which looks up the names of hosts and connects to them. */
export function isProxied(): boolean {
  return used !== undefined;
}

/** Options of an agent of one's own, which would else connect directly. */
export function proxyAgentOptions(): { readonly proxyEnv?: Environment } {
  return used === undefined ? {} : { proxyEnv: used };
}

function isSwitchedOn({ NODE_USE_ENV_PROXY: word }: Environment): boolean {
  return word === '1' && process.allowedNodeEnvironmentFlags.has('--use-env-proxy');
}
