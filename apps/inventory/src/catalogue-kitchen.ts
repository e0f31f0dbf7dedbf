import { article, type Department, version } from './article.ts';

export const kitchen: Department = {
  code: 'KIT',
  category: 'Kitchen',
  articles: [
    article(
      'MUG',
      'Stoneware Mug',
      1490,
      'Thrown from speckled stoneware and glazed by hand, 320 ml. The handle has room for three fingers; goes into the dishwasher and the microwave.',
      ['Oat', 'Slate', 'Moss', 'Terracotta'],
    ),
    article(
      'BOWL',
      'Serving Bowl',
      3450,
      'A wide bowl of 28 cm for salad, pasta or far too many apples. The unglazed foot stands firm on any table.',
      ['Oat', 'Ink', 'Sage'],
    ),
    article(
      'PLATE',
      'Dinner Plates, Set of Four',
      4800,
      'Four plates of 26 cm with a slightly raised rim that keeps the sauce where it belongs. They stack without chipping.',
      ['Chalk', 'Slate', 'Sage'],
    ),
    article(
      'KNIFE',
      'Chef’s Knife',
      8900,
      'A forged blade of 20 cm from high-carbon steel, ground thin enough to slice a tomato by its own weight. Comes with a wooden sheath.',
      ['Walnut', 'Oak'],
    ),
    article(
      'BOARD',
      'Cutting Board',
      3900,
      'End-grain blocks that are kind to edges and close again after every cut, 38 × 26 cm. A groove on one side catches the juice.',
      ['Oak', 'Walnut', 'Beech'],
    ),
    article(
      'PAN',
      'Cast-Iron Pan',
      5900,
      'Seasoned at the works and ready to fry. Holds its heat like a stove and will outlive its owner; for every hob, induction included.',
      [
        version('20 cm', 'The small one, for two eggs or one steak.', -1400),
        version('26 cm', 'The one to have if it has to be one.'),
        version('30 cm', 'For a family, or for a very large omelette.', 1600),
      ],
    ),
    article(
      'POT',
      'Enamelled Casserole',
      12900,
      'Cast iron under three coats of enamel, with a lid whose bumps drip the steam back onto the roast. 4.5 litres, oven-proof to 260 °C.',
      ['Berry', 'Ink', 'Mustard'],
    ),
    article(
      'TOWEL',
      'Linen Tea Towels, Set of Two',
      2200,
      'Washed linen that dries glasses without a trace of lint and gets softer each time. 50 × 70 cm, with a loop to hang them up.',
      ['Rust', 'Sky', 'Oat'],
    ),
    article(
      'JAR',
      'Storage Jar',
      1690,
      'Borosilicate glass under a lid with a silicone seal: flour stays dry, coffee stays coffee. The wide mouth takes a whole hand.',
      [version('0.75 l', 'For nuts, tea and spices.', -300), version('1.5 l', 'Takes a kilo of flour.')],
    ),
  ],
};
