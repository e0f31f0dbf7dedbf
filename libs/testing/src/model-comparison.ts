import { randomUUIDv7 as uuid } from 'node:crypto';
import { type Contract, type DataOf, SagaReply } from '@caravan/contracts';
import { newTraceparent } from '@caravan/platform';
import type { React } from '@caravan/saga/testing';
import { eventually } from './eventually.ts';
import type { TestService } from './test.service.ts';

/** A message for the service, and what its model does with it. */
export interface Told<State> {
  readonly name: string;
  readonly contract: Contract<never, unknown> | Contract;
  readonly data: object;
  readonly react: React<State>;
}

/** How the service stands, and whether a state of the model is the same. */
export interface Standing<State> {
  readonly text: string;
  readonly is: (state: State) => boolean;
}

/** A state of the model that agrees with all that was seen; events that were sent may still be under way to the service. */
interface Possible<State> {
  readonly state: State;
  readonly underWay: readonly React<State>[];
}

type Heard<State> = Told<State> & { readonly answer: string | undefined };

/**
 * Tells a service one group of messages after the other, those of a group at the same time, and compares what it answers and how
 * it stands with its model: some order of the messages has to explain both.
 * @param look how the service stands
 * @throws Error with the story up to the first difference
 */
export async function compareWithModel<State>(
  test: TestService,
  initial: State,
  groups: readonly (readonly Told<State>[])[],
  look: () => Promise<Standing<State>>,
): Promise<void> {
  let possible: Possible<State>[] = [{ state: initial, underWay: [] }];
  const story: string[] = [];
  const events = groups.flat().some(({ contract }) => contract.kind === 'event');
  for (const group of groups) {
    const heard = await Promise.all(group.map((told) => tell(test, told)));
    story.push(
      heard.map(({ name, answer }) => `${name} → ${answer ?? 'an event'}`).join(', at the same time '),
    );
    const explained = statesAfter(possible, heard);
    if (explained.length === 0) throw new Error(difference(story, possible, 'no order of these answers'));
    possible = await agreeing(story, explained, events, look);
  }
  const over = possible.flatMap((one) => withoutEvents(one));
  if (events) await agreeing([...story, 'every event arrives'], over, events, look);
}

async function tell<State>(test: TestService, told: Told<State>): Promise<Heard<State>> {
  const [id, trace] = [uuid(), newTraceparent()];
  const { contract, data } = told;
  // A message that the broker did not confirm is sent again under its id.
  const publish = (more: object) =>
    eventually(() => test.publish([{ id, type: contract.type, data, trace, ...more }]));
  if (contract.kind === 'event') {
    await publish({});
    return { ...told, answer: undefined };
  }
  const ask = `model:${id}`;
  await test.publish([
    { id, type: contract.type, data, trace, replyTo: 'tests', sagaId: `model:${id}`, ask },
  ]);
  const answered = () => {
    const reply = test.said(SagaReply).findLast((reply) => reply.ask === ask);
    if (!reply) throw new Error(`${contract.type} is not answered`);
    return textOf(reply);
  };
  return { ...told, answer: await eventually(answered).catch(() => 'no answer') };
}

const textOf = ({ outcome }: DataOf<typeof SagaReply>): string => (outcome.ok ? 'ok' : outcome.failure.code);

/** All states that some order of what was heard leads to. */
function statesAfter<State>(
  before: readonly Possible<State>[],
  heard: readonly Heard<State>[],
): Possible<State>[] {
  if (heard.length === 0) return distinct(before.flatMap((one) => [one, ...withEvents(one)]));
  return distinct(
    heard.flatMap(({ react, answer }, i) => {
      const others = heard.filter((_, j) => j !== i);
      if (answer === undefined)
        return statesAfter(
          before.map(({ state, underWay }) => ({ state, underWay: [...underWay, react] })),
          others,
        );
      const after = before
        .flatMap((one) => [one, ...withEvents(one)])
        .flatMap(({ state, underWay }) =>
          react(state)
            .filter((reaction) => answerOf(reaction.answer) === answer)
            .map((reaction) => ({ state: reaction.state, underWay })),
        );
      return after.length > 0 ? statesAfter(after, others) : [];
    }),
  );
}

const answerOf = (answer: ReturnType<React<unknown>>[number]['answer']): string =>
  answer === undefined ? 'no answer' : answer === 'ok' || 'tells' in answer ? 'ok' : answer.code;

/** What becomes of a state when one or more events arrive. */
function withEvents<State>({ state, underWay }: Possible<State>): Possible<State>[] {
  return underWay.flatMap((react, i) => {
    const left = underWay.filter((_, j) => j !== i);
    return react(state).flatMap((reaction) => {
      const after = { state: reaction.state, underWay: left };
      return [after, ...withEvents(after)];
    });
  });
}

const withoutEvents = <State>(one: Possible<State>): Possible<State>[] =>
  one.underWay.length === 0 ? [one] : withEvents(one).filter(({ underWay }) => underWay.length === 0);

function distinct<State>(all: readonly Possible<State>[]): Possible<State>[] {
  const seen = new Map(all.map((one) => [`${JSON.stringify(one.state)} ${one.underWay.length}`, one]));
  return [...seen.values()];
}

/**
 * What an answer tells of has been written; only events are waited for.
 * @returns the states that the service may be in
 */
function agreeing<State>(
  story: readonly string[],
  possible: readonly Possible<State>[],
  events: boolean,
  look: () => Promise<Standing<State>>,
): Promise<Possible<State>[]> {
  const compare = async () => {
    const { text, is } = await look();
    const agree = possible.filter(({ state }) => is(state));
    if (agree.length === 0) throw new Error(difference(story, possible, text));
    return agree;
  };
  return events ? eventually(compare) : compare();
}

function difference<State>(
  story: readonly string[],
  possible: readonly Possible<State>[],
  seen: string,
): string {
  const lines = story.map((line, i) => `  ${i + 1}. ${line}`).join('\n');
  const states = [...new Set(possible.map(({ state }) => JSON.stringify(state)))].join(' or ');
  return `The service differs from its model:\n${lines}\n  the model: ${states}\n  the service: ${seen}`;
}

/** Every history of at most `most` verbs, the short ones first. */
export function historiesOf<Verb>(verbs: readonly Verb[], most: number): Verb[][] {
  const all: Verb[][] = [];
  for (let last: Verb[][] = [[]], length = 1; length <= most; length++) {
    last = last.flatMap((history) => verbs.map((verb) => [...history, verb]));
    all.push(...last);
  }
  return all;
}

/**
 * Plays histories, `atOnce` at a time.
 * @throws the first failure in the order of the histories, so that of a mistake the shortest history is told
 */
export async function playAll<History>(
  histories: readonly History[],
  atOnce: number,
  play: (history: History) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < histories.length; from += atOnce) {
    const played = await Promise.allSettled(histories.slice(from, from + atOnce).map(play));
    const failed = played.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason as Error;
  }
}
