import type { HTTPGraphQLResponse } from '@apollo/server';

/** What may be shared is told by its text: a word too many only means that it is executed alone. */
const CHANGES_SOMETHING = /\b(?:mutation|subscription)\b/;
/** Where Apollo found errors it writes them first. */
const FLAWLESS = '{"data":';

type Execute = () => Promise<HTTPGraphQLResponse>;

/**
 * Equal queries of one event-loop turn are executed once, as long as nobody says who asks: the shop window, which everybody looks
 * at in the same moment. As with `read`, what they ask of services leaves at the end of the turn, so that each is answered with what
 * was true after it was asked.
 */
export class SharedAnswers {
  private ofThisTurn: Map<string, Promise<HTTPGraphQLResponse>> | undefined;

  /**
   * @param body the request's, as it was parsed
   * @param form what the answer's form depends on: media type and language
   * @returns the answer; nobody may change it. An answer with errors is nobody's but his who caused it: the others execute it themselves.
   */
  async of(body: unknown, form: string, execute: Execute): Promise<HTTPGraphQLResponse> {
    const query = (body as { query?: unknown } | null | undefined)?.query;
    if (typeof query !== 'string' || CHANGES_SOMETHING.test(query)) return execute();
    const key = `${form}\n${JSON.stringify(body)}`;
    const turn = this.turn();
    const theirs = turn.get(key);
    if (!theirs) {
      const mine = execute();
      turn.set(key, mine);
      return mine;
    }
    const answer = await theirs.catch(() => undefined);
    return answer && isFlawless(answer) ? answer : execute();
  }

  private turn(): Map<string, Promise<HTTPGraphQLResponse>> {
    if (!this.ofThisTurn) {
      this.ofThisTurn = new Map();
      setImmediate(() => (this.ofThisTurn = undefined));
    }
    return this.ofThisTurn;
  }
}

/** Whether nothing went wrong, in no part of the answer. */
export const isFlawless = ({ body }: HTTPGraphQLResponse): boolean =>
  body.kind === 'complete' && body.string.startsWith(FLAWLESS);
