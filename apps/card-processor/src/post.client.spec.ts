import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import { PostClient } from './post.client.ts';

const AT_ONCE = 50;

it('has many webhooks on their way at a time, because each waits for its answer', async () => {
  const open: ServerResponse[] = [];
  const receiver = createServer((request, response) => {
    request.resume();
    open.push(response);
    if (open.length === AT_ONCE) for (const one of open) one.writeHead(200).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const client = new PostClient(
    `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`,
    'whsec_test',
  );
  const statuses = await Promise.all(Array.from({ length: AT_ONCE }, () => client.post('{}')));
  expect(new Set(statuses)).toEqual(new Set([200]));
  client.close();
  receiver.close();
});

it('answers 0 for a receiver that is not there', async () => {
  const client = new PostClient('http://127.0.0.1:1/hook', 'whsec_test');
  expect(await client.post('{}')).toBe(0);
  client.close();
});
