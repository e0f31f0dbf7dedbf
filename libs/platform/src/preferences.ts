interface Range {
  readonly value: string;
  /** 0 to 1; 0 refuses what the range matches. */
  readonly q: number;
  readonly at: number;
}

/** How closely a range of the header matches an offer; 0 is no match. */
type Match = (range: string, offer: string) => number;

/**
 * The media type that a client wants most (RFC 9110 §12.5.1): by the q value of the most specific range that matches,
 * then by the order of the header, then by the order of the offers.
 * @param accept the Accept header; without one the first offer is taken
 * @returns undefined when no offer is acceptable
 */
export function preferredType<T extends string>(
  accept: string | undefined,
  offers: readonly T[],
): T | undefined {
  if (accept === undefined) return offers[0];
  const ranges = rangesOf(accept);
  let chosen: T | undefined;
  let best: Range | undefined;
  for (const offer of offers) {
    const range = bestMatch(ranges, offer, matchType);
    if (range === undefined || range.q === 0) continue;
    if (best !== undefined && (range.q < best.q || (range.q === best.q && range.at >= best.at))) continue;
    best = range;
    chosen = offer;
  }
  return chosen;
}

/**
 * The content coding that a client wants most (RFC 9110 §12.5.3): by q value, then by the order of the offers, because
 * browsers list what they take in no order of liking.
 * @returns undefined for the answer as it is: nothing offered is acceptable, or `identity` is liked better
 */
export function preferredEncoding<T extends string>(
  acceptEncoding: string | undefined,
  offers: readonly T[],
): T | undefined {
  if (acceptEncoding === undefined) return undefined;
  const ranges = rangesOf(acceptEncoding);
  let chosen: T | undefined;
  let best = ranges.find(({ value }) => value === 'identity')?.q ?? 0;
  for (const offer of offers) {
    const q = bestMatch(ranges, offer, matchName)?.q ?? 0;
    if (q === 0 || q < best || (q === best && chosen !== undefined)) continue;
    best = q;
    chosen = offer;
  }
  return chosen;
}

function bestMatch(ranges: readonly Range[], offer: string, match: Match): Range | undefined {
  let best: Range | undefined;
  let closest = 0;
  for (const range of ranges) {
    const closeness = match(range.value, offer);
    if (closeness <= closest) continue;
    closest = closeness;
    best = range;
  }
  return best;
}

/** Parameters other than q do not tell our offers apart and are dropped; so is a range with a malformed q. */
function rangesOf(header: string): Range[] {
  const ranges: Range[] = [];
  for (const [at, part] of header.split(',').entries()) {
    const [value = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
    if (value !== '' && /^[01](?:\.\d{0,3})?$/.test(weight)) {
      ranges.push({ value, q: Math.min(1, Number(weight)), at });
    }
  }
  return ranges;
}

function matchType(range: string, offer: string): number {
  if (range === offer) return 3;
  if (range === '*/*') return 1;
  return range.endsWith('/*') && offer.startsWith(range.slice(0, -1)) ? 2 : 0;
}

const matchName: Match = (range, offer) => (range === offer ? 2 : range === '*' ? 1 : 0);
