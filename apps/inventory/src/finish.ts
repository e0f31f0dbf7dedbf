/** A colour or material that articles come in: how it is praised, and how it is drawn. */
export interface Finish {
  says: string;
  colour: string;
}

export const finishes: Readonly<Record<string, Finish>> = {
  Oat: { says: 'In oat, a warm off-white.', colour: '#e3d3b4' },
  Slate: { says: 'In slate, a deep blue-grey.', colour: '#55616f' },
  Moss: { says: 'In moss, a quiet dark green.', colour: '#6b7f52' },
  Terracotta: { says: 'In terracotta, the red of fired clay.', colour: '#c4704f' },
  Ink: { says: 'In ink, almost black with a hint of blue.', colour: '#2c3447' },
  Chalk: { says: 'In chalk, a matt and even white.', colour: '#efeee8' },
  Mustard: { says: 'In mustard, a yellow that has been in the sun.', colour: '#d3a53a' },
  Sage: { says: 'In sage, a pale grey-green.', colour: '#a6b79a' },
  Rust: { says: 'In rust, a brown with fire in it.', colour: '#a5532f' },
  Sky: { says: 'In sky, a light and clear blue.', colour: '#8fb8d6' },
  Berry: { says: 'In berry, a dark and serious red.', colour: '#8c2f4b' },
  Sand: { says: 'In sand, the beige of dry dunes.', colour: '#d6c3a1' },
  Graphite: { says: 'In graphite, a dark grey that hides fingerprints.', colour: '#43464b' },
  Coral: { says: 'In coral, cheerful without being loud.', colour: '#e58a75' },
  Oak: { says: 'In oiled oak, with a straight and lively grain.', colour: '#c69c6d' },
  Walnut: { says: 'In walnut, dark and close-grained.', colour: '#6f4e37' },
  Beech: { says: 'In beech, pale and very hard.', colour: '#dcb98a' },
  Brass: { says: 'In brushed brass that will darken with the years.', colour: '#c9a24b' },
  Steel: { says: 'In brushed stainless steel.', colour: '#aeb4ba' },
  Copper: { says: 'In copper, polished and sealed.', colour: '#c8794f' },
};
