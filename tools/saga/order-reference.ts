import { ShowSagas } from '../../libs/contracts/src/index.ts';
import { WrongWords } from '../command-line.ts';

/** An order as somebody names it. @throws WrongWords */
export function orderFrom(word: string): string {
  const read = ShowSagas.data.safeParse({ order: word });
  if (read.success) return read.data.order;
  throw new WrongWords(`"${word}" is no order: its id or its number (CV-100012) is wanted.`);
}
