import type { SagaCatalogue } from '../src/saga.catalogue.ts';
import type { SagaInstance } from '../src/saga.machine.ts';
import { addReply, Desk } from './desk.ts';
import type { Answer, Handler, Reaction } from './participant.ts';
import { indexOf, isBehindPivot, isEnded } from './position.ts';
import { Broken, Foreign, type Surroundings } from './surroundings.ts';
import { currentQuestion, definitionOf } from './transition.ts';
import { jsonOf, type Outcome, type Reply, type Sent, type World } from './world.ts';

/** Something that may happen, and the world after it; `broken`: what must not be. */
export interface Happening {
  readonly label: () => string;
  readonly notes: readonly string[];
  readonly world: World;
  readonly broken?: string;
  /** A person does it. */
  readonly byPerson?: boolean;
}

/** What a person does; the desk has the methods of `SagaRunner`. */
export type Deed = (desk: Desk, world: World) => unknown;

export interface Bounds extends Surroundings {
  readonly participants: Readonly<Record<string, Handler>>;
  readonly people: Readonly<Record<string, Deed>>;
  /** How often a question may be asked again one by one; further silence comes as one event, until people are called. */
  readonly reasks: number;
}

const YES: Outcome = { ok: true, data: {} };
/** More often than any machine asks before it calls for people. */
const LONGEST_SILENCE = 40;

/** Everything that may happen next. */
export async function* happenings(bounds: Bounds, world: World): AsyncGenerator<Happening> {
  yield* arrivals(bounds, world);
  yield* answers(bounds, world);
  yield* silences(bounds, world);
  for (const [name, deed] of Object.entries(bounds.people))
    yield* byReleases(
      bounds,
      world,
      () => name,
      async (desk) => void (await deed(desk, world)),
      true,
    );
}

/** A command or an event arrives at its participant, for the first time or once more. */
async function* arrivals(bounds: Bounds, world: World): AsyncGenerator<Happening> {
  for (const sent of world.sent) {
    const handler = bounds.participants[sent.type];
    if (!handler) throw new Error(`No participant has a model of ${sent.type}`);
    const state = world.participants[handler.participant];
    for (const reaction of handler.react(state)) {
      const after = reacted(world, sent, handler.participant, reaction);
      const reply = replyTo(bounds, world, sent, reaction.answer);
      const label = () => `${sent.type} arrives${inWords(state, reaction)}`;
      if (!reply) {
        if (after !== world) yield { label, notes: [], world: after };
        continue;
      }
      yield { label: () => `${label()}; the answer is on its way`, notes: [], world: addReply(after, reply) };
      if (reply.outcome.ok || mayFail(bounds, world, sent.saga))
        yield* byReleases(
          bounds,
          after,
          () => `${label()}; the answer arrives`,
          (desk) => heard(desk, reply),
        );
    }
  }
}

function reacted(world: World, sent: Sent, participant: string, { state, answer }: Reaction<unknown>): World {
  const did = sent.did || answer === 'ok' || (typeof answer === 'object' && 'tells' in answer);
  const same = jsonOf(world.participants[participant]) === jsonOf(state);
  if (same && did === sent.did) return world;
  return {
    ...world,
    participants: same ? world.participants : { ...world.participants, [participant]: state },
    sent:
      did === sent.did ? world.sent : world.sent.map((other) => (other === sent ? { ...sent, did } : other)),
  };
}

/** The answer that the saga may still hear. All earlier times that a question was asked count as one. */
function replyTo(
  bounds: Bounds,
  { sagas }: World,
  { saga: type, type: command, question, asks }: Sent,
  answer?: Answer,
): Reply | undefined {
  const saga = sagas[type];
  if (!saga || !answer || question !== currentQuestion(definitionOf(bounds, saga), saga)) return undefined;
  const ask = asks.at(-1)!;
  const outcome = outcomeOf(answer);
  return outcome.ok || ask === saga.ask ? { saga: type, type: command, ask, outcome } : undefined;
}

function outcomeOf(answer: Answer): Outcome {
  if (answer === 'ok') return YES;
  return 'tells' in answer ? { ok: true, data: answer.tells } : { ok: false, failure: answer };
}

async function* answers(bounds: Bounds, world: World): AsyncGenerator<Happening> {
  for (const reply of world.replies) {
    if (!reply.outcome.ok && !mayFail(bounds, world, reply.saga)) continue;
    const { ask, outcome } = reply;
    const label = () => `the answer ${outcome.ok ? 'ok' : outcome.failure.code} to ${ask} arrives`;
    yield* byReleases(bounds, world, label, (desk) => heard(desk, reply));
  }
}

const heard = (desk: Desk, { saga, type, ask, outcome }: Reply): Promise<boolean> =>
  desk.give(saga, { kind: 'reply', ask, command: type, outcome });

/** Whether one more failure of the step that the saga is at is within the bound. */
function mayFail(bounds: Bounds, { sagas }: World, type: string): boolean {
  const saga = sagas[type]!;
  return saga.attempt < bounds.reasks || mayRollBack(bounds, saga);
}

function mayRollBack(bounds: Bounds, saga: SagaInstance): boolean {
  const definition = definitionOf(bounds, saga);
  return saga.state === 'running' && !isBehindPivot(definition, indexOf(definition, saga));
}

/** No answer comes in time, or a pause is over. */
async function* silences(bounds: Bounds, world: World): AsyncGenerator<Happening> {
  for (const saga of Object.values(world.sagas)) {
    if (isEnded(saga)) continue;
    const { type } = saga;
    const question = currentQuestion(definitionOf(bounds, saga), saga);
    if (saga.ask === null) {
      yield* byReleases(
        bounds,
        world,
        () => `${type}: the pause before ${question} is over`,
        (desk) => timePasses(desk, type),
      );
      continue;
    }
    if (mayFail(bounds, world, type))
      yield* byReleases(
        bounds,
        world,
        () => `no answer to ${saga.ask} comes in time`,
        (desk) => timePasses(desk, type),
      );
    if (!saga.stuck && !mayRollBack(bounds, saga))
      yield* byReleases(
        bounds,
        world,
        () => `no answer to ${question} comes, however often it is asked`,
        (desk) => longSilence(desk, type),
      );
  }
}

/** Until people are called. @throws Broken when they never are, or when the pauses do not grow */
async function longSilence(desk: Desk, type: string): Promise<void> {
  const pauses: number[] = [];
  for (let i = 0; i < LONGEST_SILENCE && !desk.world.sagas[type]!.stuck; i++) {
    await timePasses(desk, type);
    const { ask, dueInMs } = desk.world.sagas[type]!;
    if (ask === null) pauses.push(dueInMs!);
  }
  if (!desk.world.sagas[type]!.stuck) throw new Broken('people are never called');
  if (pauses.some((pause, i) => i > 0 && pause < pauses[i - 1]!) || pauses.at(-1) === pauses[0])
    throw new Broken(`the pauses do not grow: ${pauses.join(', ')} ms`);
}

function timePasses(desk: Desk, type: string): Promise<boolean> {
  const { sagas } = desk.world;
  desk.world = { ...desk.world, sagas: { ...sagas, [type]: { ...sagas[type]!, dueInMs: 0 } } };
  return desk.give(type, { kind: 'due' });
}

/** The same event, handled by each of the releases that run side by side. */
export async function* byReleases(
  bounds: Surroundings,
  world: World,
  label: () => string,
  act: (desk: Desk) => Promise<unknown>,
  byPerson = false,
): AsyncGenerator<Happening> {
  for (const [i, build] of bounds.builds.entries()) {
    if (i > 0 && bounds.alike && Object.keys(world.sagas).length > 0) return;
    const by =
      bounds.builds.length === 1 || (i === 0 && bounds.alike)
        ? ''
        : ` (at ${i === 0 ? 'the present' : 'an earlier'} release)`;
    yield await happening(bounds, world, () => `${label()}${by}`, act, byPerson, build);
  }
}

async function happening(
  bounds: Surroundings,
  world: World,
  label: () => string,
  act: (desk: Desk) => Promise<unknown>,
  byPerson: boolean,
  build: SagaCatalogue,
): Promise<Happening> {
  const desk = new Desk(bounds, world, build);
  try {
    await act(desk);
    return { label, notes: desk.notes, world: desk.world, byPerson };
  } catch (error) {
    if (error instanceof Foreign) return { label, notes: [], world, byPerson };
    if (!(error instanceof Broken)) throw error;
    return { label, notes: desk.notes, world: desk.world, byPerson, broken: error.message };
  }
}

const inWords = (state: unknown, { state: after, answer }: Reaction<unknown>): string => {
  const said =
    answer === undefined ? '' : `, says ${answer === 'ok' || 'tells' in answer ? 'ok' : answer.code}`;
  const [from, to] = [JSON.stringify(state), JSON.stringify(after)];
  return `${from === to ? '' : ` (${from} → ${to})`}${said}`;
};
