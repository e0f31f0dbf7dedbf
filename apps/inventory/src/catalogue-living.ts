import { article, type Department, version } from './article.ts';

export const living: Department = {
  code: 'LIV',
  category: 'Living',
  articles: [
    article(
      'THROW',
      'Wool Throw',
      8900,
      'Woven from lambswool on old looms and brushed until it is soft, 130 × 190 cm. Warm enough for an evening with the window open.',
      ['Oat', 'Moss', 'Rust', 'Slate'],
    ),
    article(
      'CUSH',
      'Cushion Cover',
      2790,
      'Heavy washed linen with a hidden zip, 50 × 50 cm. Takes a spilled drink calmly: forty degrees and it is new again.',
      ['Sand', 'Terracotta', 'Sage', 'Ink'],
    ),
    article(
      'LAMP',
      'Table Lamp',
      7450,
      'A turned base and a linen shade that makes any bulb look kind. The cord is two metres of fabric with a switch where you expect it.',
      ['Oak', 'Brass', 'Chalk'],
    ),
    article(
      'PEND',
      'Pendant Light',
      11900,
      'A spun metal shade of 34 cm, white inside, that lights the table and not the guests’ eyes. Three metres of cord, for bulbs up to 60 watts.',
      ['Graphite', 'Copper', 'Mustard'],
    ),
    article(
      'VASE',
      'Ribbed Vase',
      3400,
      'Pressed glass with soft ribs and a heavy foot. The neck is narrow, so that five stems already look like a bouquet.',
      ['Sky', 'Moss', 'Coral'],
    ),
    article(
      'CANDL',
      'Scented Candle',
      2450,
      'Rapeseed wax with a cotton wick in a glass that becomes a tumbler afterwards. Burns for about 45 hours.',
      [
        version('Cedar', 'Cedarwood and a little smoke, like a cabin in November.'),
        version('Fig', 'Green fig leaves with something milky behind them.'),
        version('Linen', 'Clean washing on a windy day, not sweet.', -200),
      ],
    ),
    article(
      'RUG',
      'Cotton Rug',
      6900,
      'Hand-woven on a flat loom, the same on both sides and light enough to wash. Fringes knotted one by one.',
      [
        version('70 × 140', 'In natural and charcoal stripes, for the hall or beside the bed.'),
        version('120 × 180', 'In natural and charcoal stripes, for under the coffee table.', 5000),
      ],
    ),
    article(
      'CLOCK',
      'Wall Clock',
      5600,
      'A silent sweeping movement behind a face without numbers, 30 cm. Runs two years on one battery.',
      ['Oak', 'Graphite', 'Chalk'],
    ),
  ],
};
