const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** The presentment currencies of https://docs.stripe.com/currencies. */
const supported =
  words(`usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp
  byn bzd cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl
  hrk htg huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt
  mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr
  sek sgd shp sle sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xcg xof xpf yer
  zar zmw`);
/** Amounts are in whole units. */
const zeroDecimal = words('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf');
/** Amounts are in thousandths, whose last digit is 0. */
const threeDecimal = words('bhd jod kwd omr tnd');
/** Amounts are written with two decimals that are 0. */
const wholeInTwoDecimals = words('isk ugx');

/** Smallest charges in minor units, where Stripe names them. */
const minimums: Readonly<Record<string, number>> = {
  aed: 200,
  bgn: 100,
  czk: 1_500,
  dkk: 250,
  gbp: 30,
  hkd: 400,
  huf: 17_500,
  mxn: 1_000,
  myr: 200,
  nok: 300,
  pln: 200,
  ron: 200,
  sek: 300,
  thb: 1_000,
};
/** Of the others Stripe asks for the worth of 0.50 USD; the sandbox knows no rates and takes 50 minor units. */
const MINIMUM = 50;

export const isCurrency = (code: string): boolean => supported.has(code);

export const decimalsOf = (code: string): 0 | 2 | 3 => {
  if (zeroDecimal.has(code)) return 0;
  return threeDecimal.has(code) ? 3 : 2;
};

export const minimumOf = (code: string): number => minimums[code] ?? MINIMUM;

/** Every amount of the currency is a multiple of this. */
export function stepOf(code: string): number {
  if (threeDecimal.has(code)) return 10;
  return wholeInTwoDecimals.has(code) ? 100 : 1;
}

/** `4999` and `eur` as `49.99 eur`. */
export const written = (amount: number, code: string): string => {
  const decimals = decimalsOf(code);
  return `${(amount / 10 ** decimals).toFixed(decimals)} ${code}`;
};
