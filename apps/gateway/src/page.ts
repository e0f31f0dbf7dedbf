import type { GatewayEnv } from './gateway.env.ts';

const SERVICES: [name: string, what: string][] = [
  ['gateway', 'the only door: tokens, limits, proxy'],
  ['bff-web', 'GraphQL for browsers'],
  ['bff-mobile', 'GraphQL for phones, one trip a screen'],
  ['users', 'accounts, sessions, signing keys'],
  ['orders', 'orders and the checkout saga'],
  ['payments', 'card payments'],
  ['inventory', 'catalogue and stock'],
  ['notifications', 'e-mail'],
];

type Settings = Pick<GatewayEnv, 'PUBLIC_URL' | 'NODE_ENV' | 'HEALTH_URLS' | 'INSTANCE_ID'>;

/** The plain front page: what runs here and where to go from it. Links are made from the settings alone. */
export function page({ PUBLIC_URL, NODE_ENV, HEALTH_URLS, INSTANCE_ID }: Settings): string {
  const home = escape(PUBLIC_URL);
  const development = NODE_ENV !== 'production';
  const rows = SERVICES.map(
    ([name, what]) =>
      `<tr><td>${name}</td><td>${what}</td>${development ? `<td>${healthLinks(HEALTH_URLS, name)}</td>` : ''}</tr>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Caravan</title>
${development && INSTANCE_ID ? `<meta name="caravan-instance" content="${escape(INSTANCE_ID)}">\n` : ''}<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem; color: #1f2933 }
  h1 { margin-bottom: 0 } td { padding: .2rem 1.2rem .2rem 0; vertical-align: top }
  pre { background: #f3f5f7; padding: 1rem; overflow-x: auto; border-radius: 6px }
</style>
<h1>Caravan</h1>
<p>A commerce backend of microservices. It is running.</p>
<h2>What runs here</h2>
<table>${rows.join('')}</table>
<h2>Where to go</h2>
<ul>
${development ? `<li><a href="${home}/web/graphiql">GraphiQL, web API</a>, <a href="${home}/mobile/graphiql">GraphiQL, mobile API</a></li>\n` : ''}<li><code>POST ${home}/web/graphql</code>, <code>POST ${home}/mobile/graphql</code></li>
<li><code>POST ${home}/v1/auth/register</code>, <code>login</code>, <code>refresh</code>, <code>logout</code></li>
<li><a href="${home}/.well-known/jwks.json">Public signing keys</a></li>
</ul>
<h2>Try it</h2>
<pre>npm run demo        # an order confirmed, one declined, one out of stock, with their timelines
npm run status      # every process and its health

curl -s ${home}/web/graphql -H 'content-type: application/json' \\
  -d '{"query":"{ products(first: 3) { nodes { sku name price { formatted } available } } }"}'
${development ? `\ncurl -s ${home}/v1/auth/login -H 'content-type: application/json' \\\n  -d '{"email":"customer@example.com","password":"caravan-demo"}'\n` : ''}</pre>
`;
}

const healthLinks = (urls: GatewayEnv['HEALTH_URLS'], service: string) =>
  urls
    .filter(([name]) => name === service)
    .map(([, url]) => `<a href="${escape(url)}">health</a>`)
    .join(' ');

const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
