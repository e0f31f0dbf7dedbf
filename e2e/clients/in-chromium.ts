import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { rspack } from '@rspack/core';
import { chromium as browserType, type Page } from 'playwright-core';
import { chromium } from './chromium.ts';
import type { ClientModule, SessionModule, ToldByTabs } from './modules.ts';
import type { Story } from './story.ts';

interface Shop {
  client: ClientModule;
  session: SessionModule;
}

const { folder, clients, email, password, expired, input } = JSON.parse(process.argv[2]!) as Story;

/** One script a client, as a bundler makes it for a page: `shop.client`, `shop.session`. */
async function bundle(): Promise<string> {
  const output = join(folder, 'bundles');
  const entry: Record<string, string> = {};
  for (const name of clients) {
    entry[name] = join(folder, `${name}.entry.js`);
    writeFileSync(
      entry[name],
      `export * as session from './session.js';\nexport * as client from './${name}.js';\n`,
    );
  }
  const compiler = rspack({
    mode: 'production',
    context: folder,
    target: 'web',
    devtool: false,
    optimization: { minimize: false },
    entry,
    output: { path: output, filename: '[name].js', library: { name: 'shop', type: 'var' } },
  });
  await new Promise<void>((resolve, reject) => {
    compiler.run((error, stats) => {
      if (error ?? stats?.hasErrors()) reject(error ?? new Error(stats?.toString('errors-only')));
      else resolve();
    });
  });
  return output;
}

/** A page of an origin that is not the gateway's. */
async function serve(bundles: string): Promise<{ url: string; close: () => void }> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost');
    const name = pathname.slice(1).replace(/\.js$/, '');
    if (!clients.includes(name)) return void response.writeHead(404).end();
    if (pathname.endsWith('.js')) {
      const script = readFileSync(join(bundles, `${name}.js`));
      return void response.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8' }).end(script);
    }
    const page = `<!doctype html><meta charset="utf-8"><title>${name}</title><script src="/${name}.js"></script>`;
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  return { url, close: () => server.close() };
}

declare const shop: Shop;

const signIn = (tab: Page) =>
  tab.evaluate(([email, password]) => shop.session.signIn(email!, password!), [email, password]);
const buy = (tab: Page) =>
  tab.evaluate((input) => shop.client.buy({ ...input, idempotencyKey: crypto.randomUUID() }), input);
const kept = (tab: Page) => tab.evaluate(() => shop.session.kept());

/** Signs in in two tabs, lets the access token run out in both, and buys in both at once. */
async function playInTwoTabs(client: string, tabs: readonly [Page, Page], url: string): Promise<ToldByTabs> {
  for (const tab of tabs) await tab.goto(`${url}/${client}`);
  const listed = await tabs[0].evaluate(() => shop.client.products(3).then(({ length }) => length));
  for (const tab of tabs) await signIn(tab);
  const first = await Promise.all(tabs.map(buy));
  await tabs[0].evaluate(
    (accessToken) => shop.session.keep({ ...shop.session.kept(), accessToken }),
    expired,
  );
  const second = await Promise.all(tabs.map(buy));
  // Both tabs hold the successor that was made once.
  const [one, other] = await Promise.all(tabs.map(kept));
  const third = await Promise.all(tabs.map(buy));
  const keptTogether = one!.refreshToken === other!.refreshToken && one!.accessToken !== expired;
  return { client, listed, bought: [...first, ...second, ...third], keptTogether };
}

const page = await serve(await bundle());
const browser = await browserType.launch({
  executablePath: chromium()!,
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
try {
  const told: ToldByTabs[] = [];
  for (const client of clients) {
    const context = await browser.newContext();
    told.push(await playInTwoTabs(client, [await context.newPage(), await context.newPage()], page.url));
    await context.close();
  }
  process.stdout.write(JSON.stringify(told));
} finally {
  await browser.close();
  page.close();
}
