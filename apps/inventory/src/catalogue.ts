import { coffee } from './catalogue-coffee.ts';
import { desk } from './catalogue-desk.ts';
import { garden } from './catalogue-garden.ts';
import { kitchen } from './catalogue-kitchen.ts';
import { living } from './catalogue-living.ts';
import { outdoor } from './catalogue-outdoor.ts';
import { sound } from './catalogue-sound.ts';
import { toys } from './catalogue-toys.ts';
import { finishes } from './finish.ts';

export interface DemoProduct {
  sku: string;
  name: string;
  description: string;
  category: string;
  priceMinor: number;
  currency: string;
  available: number;
}

const departments = [kitchen, coffee, living, desk, garden, outdoor, sound, toys];

/** Every product of the demo shop, the same at every start. */
export function catalogue(): DemoProduct[] {
  const versions = departments.flatMap(({ code, category, articles }) =>
    articles.flatMap((item) => item.versions.map((each) => ({ code, category, item, each }))),
  );
  return versions.map(({ code, category, item, each }, index) => {
    const { name, says, extra = 0 } = typeof each === 'string' ? finish(each) : each;
    return {
      sku: `${code}-${item.code}-${abbreviate(name)}`,
      name: `${item.name}, ${name}`,
      description: `${item.description} ${says}`,
      category,
      priceMinor: item.priceMinor + extra,
      currency: 'EUR',
      available: firstStock(index),
    };
  });
}

function finish(name: string): { name: string; says: string; extra?: number } {
  const says = finishes[name]?.says;
  if (!says) throw new Error(`There is no finish ${name}`);
  return { name, says };
}

const abbreviate = (name: string): string =>
  name
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, 4)
    .toUpperCase();

/** Plenty of most, little of some, one to three of a few, and a few that are sold out. */
function firstStock(index: number): number {
  if (index % 41 === 20) return 0;
  if (index % 34 === 9) return 1 + (((index / 34) | 0) % 3);
  if (index % 12 === 5) return 12 + ((index * 29) % 80);
  return 100 + ((index * 157) % 401);
}
