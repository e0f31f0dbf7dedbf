import { article, type Department, version } from './article.ts';

export const coffee: Department = {
  code: 'COF',
  category: 'Coffee & Tea',
  articles: [
    article(
      'DRIP',
      'Pour-Over Dripper',
      2650,
      'A porcelain cone with spiral ribs that let the coffee run evenly. Brews one large cup or two small ones with a size 2 filter.',
      ['Chalk', 'Ink', 'Terracotta'],
    ),
    article(
      'GRIND',
      'Hand Grinder',
      7900,
      'Steel conical burrs on two bearings, set in clicks from espresso to French press. Grinds 25 g in under a minute.',
      ['Steel', 'Graphite'],
    ),
    article(
      'KETTL',
      'Gooseneck Kettle',
      9800,
      'Pours a stream as thin as a pencil and keeps your temperature to the degree for half an hour. 0.9 litres, 1,200 watts.',
      ['Graphite', 'Chalk', 'Copper'],
    ),
    article(
      'PRESS',
      'French Press',
      4200,
      'Double-walled steel that stays hot for an hour and does not mind being dropped. A second mesh keeps the grounds out of the cup.',
      [version('0.35 l', 'For one, or for the office.', -900), version('1 l', 'Fills four cups.')],
    ),
    article(
      'BEANS',
      'Whole Bean Coffee, 500 g',
      1550,
      'Roasted on Tuesdays in a small drum and sent out the same week, in a bag with a valve and a zip.',
      [
        version('Harbour Blend', 'Chocolate, hazelnut, little acidity: the everyday espresso.'),
        version('Yirgacheffe', 'Ethiopia, washed: bergamot, peach and a long, light finish.', 350),
        version('Huila', 'Colombia, washed: red apple and caramel, for filter and press.', 200),
        version('Night Shift', 'Decaffeinated with spring water, still tastes of cocoa.', 100),
      ],
    ),
    article(
      'TEA',
      'Loose Leaf Tea, 100 g',
      990,
      'Whole leaves in a tin that closes tightly. Enough for about forty cups.',
      [
        version('Breakfast', 'Assam and Kenyan leaves, strong enough to carry milk.'),
        version('Sencha', 'First harvest from Kagoshima: grassy, bright, good for three infusions.', 450),
        version('Earl Grey', 'Ceylon with real bergamot oil and a few cornflowers.', 120),
        version('Peppermint', 'Nothing but mint, cut by hand and dried in the shade.', -100),
        version('Rooibos', 'From the Cederberg, with orange peel and a little vanilla. No caffeine.'),
      ],
    ),
    article(
      'POT',
      'Glass Teapot',
      3850,
      'Mouth-blown glass with a steel strainer fine enough for rooibos. The lid stays on when you pour the last cup.',
      [version('0.6 l', 'For two cups.', -700), version('1.2 l', 'For a table of four.')],
    ),
    article(
      'CUP',
      'Espresso Cups, Set of Two',
      1980,
      'Thick walls, a small round belly and 70 ml of room: the crema stays where it should. Saucers included.',
      ['Ink', 'Sage', 'Coral'],
    ),
    article(
      'FLASK',
      'Travel Flask',
      2990,
      'Vacuum steel, 400 ml, keeps coffee hot until lunch and does not leak upside down. Opens with one hand.',
      ['Graphite', 'Moss'],
    ),
  ],
};
