import { article, type Department, version } from './article.ts';

export const desk: Department = {
  code: 'DSK',
  category: 'Desk & Paper',
  articles: [
    article(
      'NOTE',
      'Hardcover Notebook, A5',
      1890,
      'Thread-bound so that it lies flat, 240 numbered pages of ivory 100 g paper that a fountain pen does not bleed through. Two ribbons and a pocket.',
      ['Ink', 'Rust', 'Sage', 'Mustard'],
    ),
    article(
      'PLAN',
      'Undated Weekly Planner',
      2290,
      'A week on the left, room to think on the right. Starts whenever you do and runs for 54 weeks.',
      ['Slate', 'Coral'],
    ),
    article(
      'PEN',
      'Fountain Pen',
      4900,
      'A steel nib on an ebonite feed that starts at once, even after a holiday. Takes standard cartridges; a converter is in the box.',
      [
        version('Fine', 'The fine nib writes 0.5 mm, for small hands and margins.'),
        version('Medium', 'The medium nib writes 0.7 mm and likes letters.'),
        version('Broad', 'The broad nib writes 1.0 mm, for signatures and joy.', 400),
      ],
    ),
    article(
      'INK',
      'Bottled Ink, 50 ml',
      1450,
      'A dye ink that flows well and washes out of most shirts. The bottle has a well for the last millilitres.',
      [
        version('Midnight', 'A blue-black for serious matters.'),
        version('Oxblood', 'A red too dark to correct homework with.'),
        version('Pine', 'A green that shades from leaf to forest.'),
      ],
    ),
    article(
      'LAMP',
      'Clamp Desk Lamp',
      9900,
      'Two sprung arms that stay where they are put, and a warm LED that dims to five per cent. Grips tops up to 6 cm thick.',
      ['Graphite', 'Chalk', 'Sage'],
    ),
    article(
      'TRAY',
      'Desk Tray',
      3300,
      'One flat piece with a place for pens, keys, a phone and the thing you keep losing. Cork feet spare the desk.',
      ['Oak', 'Walnut'],
    ),
    article(
      'PAD',
      'Wool Desk Pad',
      4500,
      'Four millimetres of wool felt that quietens the keyboard and warms the wrists, 80 × 32 cm. Mice track on it.',
      ['Graphite', 'Oat', 'Moss'],
    ),
    article(
      'STAND',
      'Laptop Stand',
      5900,
      'Bent from one sheet, it lifts the screen by 15 cm and lets the machine breathe from below. For laptops up to 17 inches.',
      ['Steel', 'Oak'],
    ),
    article(
      'CARD',
      'Letterpress Cards, Set of Eight',
      1650,
      'Printed by hand on cotton board deep enough to feel, with envelopes lined in tissue.',
      [
        version('Thank You', 'They say thank you, and leave the rest to you.'),
        version('Meadow', 'Six wild flowers with their proper names.'),
        version('Blank', 'A fine border and nothing else.', -150),
      ],
    ),
  ],
};
