import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Caravan, startCaravan } from './caravan.ts';
import { readCpu, used } from './cpu.ts';
import { type Flags, SHOP_SUBJECTS } from './flags.ts';
import { floorParts } from './floors.ts';
import { readMemory } from './memory.ts';
import { limitParts } from './limits.ts';
import { outboxParts } from './outbox.ts';
import { type Generator, shopParts } from './parts.ts';
import type { Idle } from './report.ts';
import type { Part } from './rounds.ts';
import { rpcParts } from './rpc.ts';
import { PIECES, Shop } from './shop.ts';
import { startStockNest, VARIANTS } from './stock-nest.ts';
import type { HttpSystem, System } from './system.ts';

/** Who has just started is not at rest: for ten seconds he looks more often for what he looks for, and V8 compiles it meanwhile. */
const REST_AFTER_MS = 25_000;
const IDLE_MS = 10_000;

interface Gathered {
  parts: Part[];
  idle: Record<string, Idle>;
}

/** Starts what Caravan is compared with, fills it, and answers what is to be measured, side by side what is compared. */
export async function gather(
  caravan: Caravan,
  generator: Generator,
  flags: Flags,
  onStoppable: (stop: () => Promise<void>) => void,
): Promise<Gathered> {
  const idle = { [caravan.name]: await atRest(caravan) };
  const shop = new Shop(caravan.origin);
  const articles = await shop.catalogue();
  const skus = articles.map(({ sku }) => sku);
  await shop.restock(skus);
  const productsFile = join(caravan.stack.folders.root, 'products.json');
  const products = articles.map(({ price, ...rest }) => ({
    ...rest,
    price: price.amountMinor,
    stock: PIECES,
  }));
  writeFileSync(productsFile, JSON.stringify(products));

  const parts: Part[] = [];
  const running = new Set<System>([caravan]);
  const add = (more: Part[]): void => {
    for (const { system } of more) {
      if (running.has(system)) continue;
      running.add(system);
      onStoppable(() => system.stop());
    }
    parts.push(...more);
  };
  const { concurrency } = flags;
  const variants = VARIANTS.filter((variant) => flags.against.includes(variant));
  const only = SHOP_SUBJECTS.filter((subject) => flags.only.includes(subject));
  if (only.length > 0) {
    const shops: HttpSystem[] = [caravan];
    const enter = async (system: HttpSystem): Promise<void> => {
      onStoppable(() => system.stop());
      running.add(system);
      shops.push(system);
      idle[system.name] = await atRest(system);
    };
    for (const variant of variants) {
      console.log(`  starting stock-nest, ${variant}`);
      await enter(await startStockNest(variant, caravan, productsFile));
    }
    if (flags.against.includes('single')) {
      const single = await startCaravan({ beside: caravan, onStoppable });
      await enter(single);
      await new Shop(single.origin).restock(skus);
    }
    for (const system of shops) add(await shopParts(generator, system, skus, { only, concurrency }));
  }
  add(await floorParts(generator, caravan, productsFile, { only: flags.only, skus, concurrency }));
  if (flags.only.includes('limits')) add(await limitParts(generator, caravan));
  if (flags.only.includes('rpc')) add(await rpcParts(caravan, variants));
  if (flags.only.includes('outbox')) add(await outboxParts(caravan));
  const names = [...new Set(parts.map(({ name }) => name))];
  return { parts: names.flatMap((name) => parts.filter((part) => part.name === name)), idle };
}

async function atRest({ name, roots }: System): Promise<Idle> {
  console.log(`  ${name} at rest for ${(REST_AFTER_MS + IDLE_MS) / 1_000} s`);
  await delay(REST_AFTER_MS);
  const before = readCpu(roots());
  await delay(IDLE_MS);
  const after = readCpu(roots());
  const cpu = before && after ? used(before, after).byProcess : {};
  return {
    cpu: Object.fromEntries(Object.entries(cpu).map(([name, ms]) => [name, (ms * 1_000) / IDLE_MS])),
    rss: readMemory(roots()).rss,
  };
}
