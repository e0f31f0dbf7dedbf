import { article, type Department, version } from './article.ts';

export const sound: Department = {
  code: 'SND',
  category: 'Sound & Power',
  articles: [
    article(
      'PHONE',
      'Over-Ear Headphones',
      17900,
      'Closed, light and even-tempered, with noise cancelling that knows when someone speaks to you. Forty hours on a charge; every pad and the battery can be replaced.',
      ['Graphite', 'Sand', 'Sage'],
    ),
    article(
      'BUDS',
      'Wireless Earbuds',
      9900,
      'Small enough to forget, with a case that charges them four times. They hear your voice in the wind and play on when one is at the dentist’s.',
      ['Chalk', 'Ink'],
    ),
    article(
      'SPKR',
      'Portable Speaker',
      12900,
      'Two drivers and a passive bass behind woven fabric. Plays for eighteen hours, swims if it must and pairs with a second one for stereo.',
      ['Slate', 'Terracotta', 'Moss'],
    ),
    article(
      'RADIO',
      'Kitchen Radio',
      14900,
      'FM, DAB+ and Bluetooth behind three knobs and no app. The timer counts down your eggs while the news is on.',
      ['Walnut', 'Chalk', 'Mustard'],
    ),
    article(
      'TURN',
      'Belt-Drive Turntable',
      29900,
      'A heavy platter, a straight arm of carbon and a preamplifier you can switch off. Set up in ten minutes with what is in the box.',
      ['Walnut', 'Graphite'],
    ),
    article(
      'SHELF',
      'Bookshelf Speakers, Pair',
      24900,
      'A silk tweeter over a paper cone in a cabinet that does not join in. Made for small rooms and long evenings, 60 watts at 6 ohms.',
      ['Walnut', 'Chalk'],
    ),
    article(
      'BANK',
      'Power Bank',
      4900,
      'Charges a phone from the bag and shows in per cent how much is left. USB-C in and out, allowed on board of any aircraft.',
      [
        version('10,000 mAh', 'Two full phones, as thin as one.'),
        version('20,000 mAh', 'Four phones or a laptop once, 65 watts.', 2600),
      ],
    ),
    article(
      'CHRG',
      'Wall Charger',
      3400,
      'Gallium nitride keeps it cool and no larger than a matchbox. It shares its power sensibly among what is plugged in.',
      [
        version('30 W', 'One socket, for phone and tablet.', -1000),
        version('65 W', 'Two USB-C sockets and one USB-A, for the laptop too.'),
        version('100 W', 'Three USB-C sockets, for the whole desk.', 2500),
      ],
    ),
    article(
      'CABLE',
      'Braided USB-C Cable',
      1590,
      'Braided from recycled yarn with relief at both ends, for 100 watts and 20,000 bends. A strap keeps it rolled.',
      [
        version('1 m', 'The one for the desk.', -300),
        version('2 m', 'The one for the sofa.'),
        version('3 m', 'The one for the hotel.', 400),
      ],
    ),
    article(
      'WIRE',
      'Wireless Charging Pad',
      3900,
      'A magnet finds the middle for you and a felt top leaves no scratch. 15 watts, with a light that goes out at night.',
      ['Graphite', 'Oat', 'Walnut'],
    ),
  ],
};
