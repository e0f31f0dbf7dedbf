import { WrongWords } from '../command-line.ts';

const AT_MOST = 1_000;

/** `--limit N` @throws WrongWords */
export function limitOf(said: string | undefined, otherwise: number): number {
  const limit = said === undefined ? otherwise : Number(said);
  if (Number.isInteger(limit) && limit >= 1 && limit <= AT_MOST) return limit;
  throw new WrongWords(`--limit: a whole number from 1 to ${AT_MOST} is wanted, not "${said}".`);
}
