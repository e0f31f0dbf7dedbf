import { request } from '@caravan/contracts';
import { z } from 'zod';

/** About 300 bytes: as much as an order's first message. */
export const order = z.object({
  orderId: z.uuid(),
  customerId: z.uuid(),
  lines: z.array(z.object({ sku: z.string(), quantity: z.int() })),
});

/** The queues of `users` serve for the bench: it has a virtual host of its own, where nobody else answers. */
export const Echo = request('users.echo', order, order);
/** The same, and nobody looks at what is said. */
export const EchoUnseen = request('users.echo-unseen', z.any(), z.any());
