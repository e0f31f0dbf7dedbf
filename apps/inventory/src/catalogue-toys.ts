import { article, type Department, version } from './article.ts';

export const toys: Department = {
  code: 'TOY',
  category: 'Toys & Games',
  articles: [
    article(
      'BLOCK',
      'Building Blocks',
      3900,
      'Maple and beech, sanded until nothing pricks and coloured so that the grain shows. They fit each other in every direction. From 18 months.',
      [version('40 Pieces', 'Enough for a tower.'), version('100 Pieces', 'Enough for a town.', 4000)],
    ),
    article(
      'TRAIN',
      'Wooden Railway',
      5900,
      'Beech tracks with couplings that three-year-old hands can manage, and magnets between the wagons. Fits the usual brands.',
      [
        version('Starter', 'A circle, a bridge, a station and one train.'),
        version('Harbour', 'With a crane that lifts, a ship that swims and two switches.', 3500),
      ],
    ),
    article(
      'BEAR',
      'Soft Bear',
      3450,
      'Long-haired plush over a filling that washes and dries without lumps, 32 cm. Eyes are sewn, not stuck.',
      ['Oat', 'Walnut', 'Slate'],
    ),
    article(
      'PUZZL',
      'Jigsaw Puzzle, 1,000 Pieces',
      2190,
      'Painted for us and printed on linen-finish board that does not shine under the lamp. The picture is also a poster.',
      [
        version('Night Market', 'Lanterns, umbrellas and eleven cats to find.'),
        version('Alpine Flora', 'Forty-two flowers where they really grow.'),
        version('Harbour Map', 'A port of 1890, drawn from above with every crane.'),
        version('Tide Pool', 'Very blue, and harder than it looks.'),
      ],
    ),
    article(
      'BOARD',
      'Board Game',
      3690,
      'Rules on four pages, explained in five minutes. Wooden pieces, a board that lies flat, a box that closes with everything in it.',
      [
        version(
          'Salt Road',
          'Caravans, bargains and a desert that moves. Two to five players, an hour.',
          800,
        ),
        version('Lighthouse', 'Together against the fog. One to four players, 40 minutes.'),
        version('Beekeepers', 'Build a hive quicker than the others. From 7 years, half an hour.', -400),
        version('Tram Lines', 'Lay rails where everyone needs them. Two to four players, 45 minutes.'),
      ],
    ),
    article(
      'CARDS',
      'Card Game',
      1390,
      'Fifty-four cards on linen stock in a tin that fits into a jacket. Quick to learn and hard to stop.',
      [
        version('Seven Foxes', 'Bluff, count and lose gladly. Three to six players.'),
        version('Market Day', 'Trade all at once, and loudly. Four to eight players.'),
      ],
    ),
    article(
      'KITE',
      'Parafoil Kite',
      2850,
      'No sticks, nothing to break: unpack it, wait for a breeze and let go. With 40 m of line and a tail that can be heard.',
      ['Coral', 'Sky', 'Mustard'],
    ),
    article(
      'CHESS',
      'Chess Set',
      6900,
      'Weighted and felted pieces with a king of 8 cm, on a board that folds around them.',
      ['Walnut', 'Oak'],
    ),
    article(
      'PAINT',
      'Watercolour Box',
      3100,
      'Twelve half pans of proper pigment, a brush that keeps its point and a lid to mix in. For children who are tired of children’s paint.',
      [
        version('12 Colours', 'The twelve that mix all others.'),
        version('24 Colours', 'With earths and greens for landscapes.', 1900),
      ],
    ),
    article(
      'YOYO',
      'Ball-Bearing Yo-Yo',
      1790,
      'Sleeps for a minute and comes home when called. Comes with three strings and a booklet of first tricks.',
      ['Berry', 'Sky', 'Steel'],
    ),
  ],
};
