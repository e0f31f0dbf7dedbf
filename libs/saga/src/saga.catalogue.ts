import { contractOf } from '@caravan/contracts';
import type { DefinitionData, ReleasedDefinition } from './definition.data.ts';
import { type LocalEffect, SagaDefinition, type Step } from './saga.definition.ts';
import { commandOf, type SagaInstance } from './saga.machine.ts';

// The runner does not know what a saga's data is; the definition and its data come from the same place.
export type AnyDefinition = SagaDefinition<object>;

const LEGACY_ASK = /^(\d+):(do|undo):(\d+)$/;

/** The definitions that this process can run: the present ones, and the released ones that sagas may still run under. */
export class SagaCatalogue {
  private readonly present = new Map<string, AnyDefinition>();
  private readonly known = new Map<string, AnyDefinition>();
  /** By type: the only definition of the releases that stored positions. */
  private readonly byPosition = new Map<string, string>();
  private readonly names = new Map<string, string>();

  /** @throws when a released definition cannot be run any more; the message says what to add or how to end its support */
  constructor(
    definitions: readonly AnyDefinition[],
    readonly released: readonly ReleasedDefinition[] = [],
  ) {
    for (const definition of definitions) {
      this.present.set(definition.type, definition);
      this.known.set(definition.fingerprint, definition);
    }
    for (const past of released) {
      this.names.set(past.fingerprint, past.name);
      if (past.storedByPosition) this.byPosition.set(past.type, past.fingerprint);
      if (past.removed || this.known.has(past.fingerprint)) continue;
      this.known.set(past.fingerprint, revived(past, this.present.get(past.type)));
    }
  }

  get types(): string[] {
    return [...this.present.keys()];
  }

  /** Fingerprints of all definitions that can be run. */
  get fingerprints(): string[] {
    return [...this.known.keys()];
  }

  /** What new sagas of a type begin under. @throws for an unknown type */
  presentOf(type: string): AnyDefinition {
    const definition = this.present.get(type);
    if (!definition) throw new Error(`There is no saga "${type}" here`);
    return definition;
  }

  /** @returns the definition, or undefined when this release does not know it */
  find(fingerprint: string): AnyDefinition | undefined {
    return this.known.get(fingerprint);
  }

  /** `checkout.v2`, or the fingerprint itself when no release has named it. */
  nameOf(fingerprint: string): string {
    return this.names.get(fingerprint) ?? fingerprint;
  }

  /** What a row without a fingerprint runs under; '' when no release of this type stored positions. */
  ofPositions(type: string): string {
    return this.byPosition.get(type) ?? '';
  }

  /**
   * The name of a row's step. Rows of the definition that was stored by position are read by position, which builds of before and
   * this one both write; all others by name.
   */
  stepNamed(type: string, definition: string, position: number, name: string | null): string {
    if (name !== null && definition !== this.ofPositions(type)) return name;
    const steps = this.stepsOf(definition);
    return (steps[position] ?? steps.at(-1))?.name ?? name ?? type;
  }

  /**
   * A question as it is named now. The releases that stored positions named it by the step's number, and their commands and answers
   * may be on their way.
   */
  askNamed(fingerprint: string, ask: string): string {
    const [, index, verb, attempt] = LEGACY_ASK.exec(ask) ?? [];
    const step =
      index && this.released.find((past) => past.fingerprint === fingerprint)?.steps[Number(index)];
    return step ? `${step.name}:${verb}:${attempt}` : ask;
  }

  /**
   * Moves a saga to the present definition of its type if a rule says so.
   * @returns whether it was moved
   * @throws when the rule names a step that asks something else, for then the open question would have no meaning
   */
  move(saga: SagaInstance): boolean {
    const present = this.present.get(saga.type);
    const rule = present?.past.moves[saga.definition];
    if (!present || !rule || (saga.state !== 'running' && saga.state !== 'undoing')) return false;
    const { step, state, data } = saga;
    const to = rule({ step, state, data });
    if (!to) return false;
    const asks = commandOf(this.known.get(saga.definition)!, saga)?.type;
    const wouldAsk = commandOf(present, { state, step: to.step })?.type;
    if (asks !== wouldAsk)
      throw new Error(
        `${saga.type}: the move from ${this.nameOf(saga.definition)} takes "${step}", ${state}, which asks ${asks}, ` +
          `to "${to.step}", which asks ${wouldAsk ?? 'nothing'}; name a step that asks the same, or return undefined`,
      );
    Object.assign(saga, { definition: present.fingerprint, step: to.step });
    if (to.data) saga.data = { ...saga.data, ...to.data };
    return true;
  }

  /** Also of a definition that is no longer run. */
  private stepsOf(fingerprint: string): readonly { name: string }[] {
    return (
      this.find(fingerprint)?.steps ??
      this.released.find((past) => past.fingerprint === fingerprint)?.steps ??
      []
    );
  }
}

/** A released definition that can be run: its steps as they were, with the effects and hooks of the present code. */
function revived(past: ReleasedDefinition, present: AnyDefinition | undefined): AnyDefinition {
  const advice = `or take ${past.name} out with "npm run generate -- --remove ${past.name}" once no saga runs under it`;
  if (!present)
    throw new Error(
      `The saga ${past.name} was released, and "${past.type}" is gone; bring it back, ${advice}`,
    );
  const effects = new Map<string, LocalEffect<object>>(Object.entries(present.past.formerly));
  for (const step of present.steps) if (step.kind === 'local') effects.set(step.name, step.effect);
  const contractOfPast = (type: string) => {
    const contract = contractOf(type);
    if (!contract)
      throw new Error(`${past.name} asks ${type}, and there is no such contract: bring it back, ${advice}`);
    return contract;
  };
  const steps = past.steps.map((step): Step<object> => {
    if (step.kind === 'ask') {
      const undo = step.undo === undefined ? undefined : contractOfPast(step.undo);
      return { ...step, command: contractOfPast(step.command), undo };
    }
    const effect = effects.get(step.name);
    if (!effect)
      throw new Error(
        `${past.name} has the local step "${step.name}", and "${past.type}" has none of that name: ` +
          `add .formerly('${step.name}', local(…)), ${advice}`,
      );
    return { ...step, effect };
  });
  return new SagaDefinition(past.type, steps, present.hooks, present.past);
}

/** What `npm run generate` and the gate compare: whether a definition is among the released ones. */
export const isReleased = (
  released: readonly ReleasedDefinition[],
  definition: { fingerprint: string },
): boolean => released.some(({ fingerprint, removed }) => fingerprint === definition.fingerprint && !removed);

/** The next entry of the released definitions for one that is not among them. */
export function nextRelease(
  released: readonly ReleasedDefinition[],
  data: DefinitionData,
  fingerprint: string,
): ReleasedDefinition {
  const version = released.filter(({ type }) => type === data.type).length + 1;
  return { name: `${data.type}.v${version}`, fingerprint, ...data };
}
