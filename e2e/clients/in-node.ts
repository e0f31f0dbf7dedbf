import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ClientModule, SessionModule, Told } from './modules.ts';
import type { Story } from './story.ts';

/** Plays what docs/clients.md shows with one client, and prints what came of it. */
const { folder, clients, email, password, expired, input } = JSON.parse(process.argv[2]!) as Story;
const load = <T>(file: string) => import(pathToFileURL(join(folder, file)).href) as Promise<T>;
const session = await load<SessionModule>('session.js');
const client = await load<ClientModule>(`${clients[0]!}.js`);

const codeOf = (work: () => Promise<unknown>) =>
  work().then(
    () => 'no error',
    (error: unknown) => client.codeOf(error),
  );
const order = (further: object = {}) => ({ ...input, idempotencyKey: randomUUID(), ...further });

const told: Partial<Told> = {};
told.listed = (await client.products(3)).length;
told.withoutToken = await codeOf(() => client.buy(order()));
told.badInput = await codeOf(() => client.products(0));
await session.signIn(email, password);
const wish = order();
told.bought = await client.buy(wish);
told.again = await client.buy(wish);
told.declined = await client.buy(order({ paymentMethod: 'pm_card_visa_chargeDeclined' }));
const before = session.kept();
session.keep({ ...before, accessToken: expired });
[told.afterExpiry, told.atTheSameTime] = await Promise.all([client.buy(order()), client.buy(order())]);
told.refreshed = session.kept().refreshToken !== before.refreshToken;

// A server that refuses once, and says when to come again.
let asked = 0;
const busy = createServer((_request, response) => {
  response.writeHead(++asked === 1 ? 429 : 200, { 'retry-after': '0' }).end('{"data":{}}');
}).listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${(busy.address() as AddressInfo).port}`;
  void session.shopFetch(url).then(({ status }) => {
    busy.close();
    process.stdout.write(JSON.stringify({ ...told, afterLimit: status }));
  });
});
