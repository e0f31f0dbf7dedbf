import { article, type Department, version } from './article.ts';

export const garden: Department = {
  code: 'GAR',
  category: 'Garden',
  articles: [
    article(
      'POT',
      'Frost-Proof Planter',
      3900,
      'Fired hot enough to stay outside all winter, with a hole and a saucer that fits. The wall is thick, so roots do not cook in July.',
      [
        version('18 cm', 'The size for basil, sedum and a window sill.', -1700),
        version('26 cm', 'The size for a rosemary that means to stay.'),
        version('36 cm', 'The size for an olive tree.', 3100),
      ],
    ),
    article(
      'CAN',
      'Watering Can',
      4400,
      'Galvanised steel with a long spout and a brass rose that rains instead of pouring. 5 litres, balanced when full.',
      ['Steel', 'Moss', 'Terracotta'],
    ),
    article(
      'TROW',
      'Hand Trowel',
      2150,
      'A blade of stainless steel, marked in centimetres for bulbs, on a handle of ash. The tang goes all the way through.',
      [
        version('Broad', 'For digging and filling pots.'),
        version('Narrow', 'For weeds with long roots and tight corners.'),
      ],
    ),
    article(
      'SECA',
      'Bypass Secateurs',
      5200,
      'Forged blades that part like scissors and cut 22 mm of living wood. Every part can be replaced; left hands welcome.',
      [version('Medium', 'For hands of average size.'), version('Small', 'For smaller hands.', -300)],
    ),
    article(
      'GLOVE',
      'Gardening Gloves',
      1850,
      'Goatskin palms on a cotton back: thorns stay out, feeling stays in. They wash at thirty degrees.',
      [version('S', 'Size 7.'), version('M', 'Size 8.'), version('L', 'Size 9 to 10.')],
    ),
    article(
      'SEED',
      'Seed Collection',
      1290,
      'Six paper bags of open-pollinated seed with a card that says when to sow, how deep and how far apart.',
      [
        version('Salads', 'Three lettuces, rocket, lamb’s lettuce and mizuna.'),
        version('Bees', 'Phacelia, borage, cornflower and three that come back each year.'),
        version('Herbs', 'Basil, dill, coriander, chervil, parsley and chives.'),
        version('Tomatoes', 'Six old kinds, from cherry to beefsteak, none of them round and red only.', 300),
      ],
    ),
    article(
      'HOSE',
      'Garden Hose',
      6400,
      'Five layers that neither kink nor twist, with brass fittings that screw on without tools. Good for ten winters.',
      [version('15 m', 'For the terrace and its neighbours.', -1500), version('25 m', 'For the whole plot.')],
    ),
    article(
      'LANT',
      'Storm Lantern',
      4700,
      'Glass in a steel frame, for a candle or the little light from the box. Wind goes past it.',
      ['Graphite', 'Brass', 'Sage'],
    ),
    article(
      'FEED',
      'Bird Feeder',
      3200,
      'A silo with four perches and a roof that keeps the rain off. Comes apart for cleaning in three moves.',
      ['Moss', 'Oak', 'Chalk'],
    ),
  ],
};
