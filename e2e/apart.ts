import type { Recorder } from '../chaos/checker/recorder.ts';
import { Customer } from '../chaos/load/shop.ts';
import { givenByTests } from '../tools/stack.ts';

/** The servers of `npm test` for a system that runs beside that of the other stories: a virtual host and limits' counters of its own. */
export function givenApart(vhost: string, counters: number): ReturnType<typeof givenByTests> {
  const given = givenByTests();
  const at = (url: string | undefined, pathname: string | number) =>
    url && Object.assign(new URL(url), { pathname: `/${pathname}` }).toString();
  return { ...given, rabbitmq: at(given.rabbitmq, vhost), redis: at(given.redis, counters) };
}

/** Four customers whose every operation is written down, and what there is to buy. */
export async function crowd(
  gateways: () => string[],
  recorder: Recorder,
): Promise<{ customers: Customer[]; skus: string[] }> {
  const customers = await Promise.all(
    Array.from({ length: 4 }, () => new Customer(gateways, undefined, undefined, recorder).register()),
  );
  const answer = await customers[0]!.products();
  if (answer.kind !== 'ok') throw new Error(`no products: ${JSON.stringify(answer)}`);
  return { customers, skus: answer.data.products.nodes.map(({ sku }) => sku) };
}
