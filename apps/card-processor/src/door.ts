/** The headers that tell a page from a program. */
export interface PageHeaders {
  readonly origin?: string;
  readonly 'content-type'?: string;
  readonly 'sec-fetch-site'?: string | string[];
}

const loopback = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * The sandbox answers under the names of its own machine, and under the one that payments was told (`STRIPE_API_BASE`):
 * a page whose name was bound to 127.0.0.1 cannot read the ledger.
 */
export function isOwnHost(host: string | undefined, port: number, apiBase: string | undefined): boolean {
  if (host === undefined) return false;
  const asked = host.toLowerCase();
  if (apiBase !== undefined && asked === new URL(apiBase).host) return true;
  return loopback.some((name) => asked === `${name}:${port}` || (port === 80 && asked === name));
}

/** A request to the sandbox's own routes that a page of another site has made. Programs send no Origin. */
export function isForeignPage(method: string, headers: PageHeaders): boolean {
  const { origin } = headers;
  if (origin === undefined) return headers['sec-fetch-site'] === 'cross-site';
  if (!isLoopback(origin)) return true;
  // A page may send forms and plain text anywhere without being asked for leave.
  const plain = !headers['content-type']?.toLowerCase().startsWith('application/json');
  return method === 'POST' && plain;
}

function isLoopback(origin: string): boolean {
  return URL.canParse(origin) && loopback.includes(new URL(origin).hostname);
}
