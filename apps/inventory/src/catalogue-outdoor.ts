import { article, type Department, version } from './article.ts';

export const outdoor: Department = {
  code: 'OUT',
  category: 'Outdoor',
  articles: [
    article(
      'PACK',
      'Roll-Top Backpack',
      11900,
      'Recycled canvas with welded seams, a sleeve for a laptop and a back that lets air through. It grows by six litres when the day does.',
      ['Graphite', 'Moss', 'Mustard'],
    ),
    article(
      'BOTL',
      'Insulated Bottle',
      3290,
      'Cold for a day, hot for half of one, and no taste of yesterday. Powder-coated steel with a loop for a finger or a carabiner.',
      [
        version('0.5 l', 'In slate, for the city.', -500),
        version('0.75 l', 'In slate, for a day out.'),
        version('1 l', 'In slate, for a mountain.', 600),
      ],
    ),
    article(
      'TENT',
      'Trekking Tent',
      32900,
      'Stands in four minutes and on its own feet, with two doors and two porches. Tested to 4,000 mm of water.',
      [
        version('Solo', 'For one and a rucksack, 1.4 kg.', -8000),
        version('Duo', 'For two that like each other, 2.1 kg.'),
        version('Trio', 'For three, or two and a dog, 2.9 kg.', 7000),
      ],
    ),
    article(
      'MAT',
      'Sleeping Mat',
      9400,
      'Seven centimetres of air over a layer that reflects your warmth. The valve fills it in twelve breaths and packs it to the size of a bottle.',
      [version('Regular', '183 × 51 cm, 480 g.'), version('Long', '198 × 64 cm, 620 g.', 2000)],
    ),
    article(
      'BAG',
      'Down Sleeping Bag',
      24900,
      'Responsible down of 700 fill power in boxes that do not let it wander. A collar closes out the draught.',
      [
        version('Summer', 'Comfortable down to 9 °C, 640 g.', -7000),
        version('Three Seasons', 'Comfortable down to 0 °C, 920 g.'),
      ],
    ),
    article(
      'STOVE',
      'Camping Stove',
      5900,
      'Unfolds to three legs, boils a litre in under four minutes and simmers when asked. Weighs 95 g without its cartridge.',
      [version('Solo', 'With a windshield.'), version('Set', 'With a windshield and a 1.2 l pot.', 3400)],
    ),
    article(
      'HEAD',
      'Head Torch',
      4600,
      'Four hundred lumens to the front, red to read the map by, and a battery that charges over USB-C in two hours. Rain is no matter.',
      ['Graphite', 'Coral'],
    ),
    article(
      'MUG',
      'Enamel Camp Mug',
      1250,
      'Steel under two coats of enamel: it sits on the fire, hangs on the pack and chips with dignity. 350 ml.',
      ['Chalk', 'Sky', 'Moss', 'Berry'],
    ),
    article(
      'HAMM',
      'Parachute Hammock',
      5400,
      'Ripstop that dries in an hour and carries 180 kg, with tree straps that leave no mark. Packs into its own pocket.',
      ['Sky', 'Rust', 'Moss'],
    ),
    article(
      'FIRST',
      'First Aid Kit',
      2950,
      'What you hope not to need, in the order in which you would. The pouch opens flat and can be read in the dark.',
      [version('Day', 'For two people and a day.', -800), version('Tour', 'For four people and a week.')],
    ),
  ],
};
