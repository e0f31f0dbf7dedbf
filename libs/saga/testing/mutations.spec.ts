import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import {
  AuthorizePayment,
  CapturePayment,
  command,
  ReleaseStock,
  ReserveStock,
  VoidPayment,
} from '@caravan/contracts';
import { ask, local, saga } from '../src/saga.definition.ts';
import { explore, participant, Violation, type World } from './index.ts';
import { mutant } from '../test/mutant.ts';

const SendReceipt = command('post.send-receipt', z.object({ orderId: z.string() }), z.object({}));
const confirm = async () => {};
const settle = async () => {};
const reject = async () => {};
const call = async () => {};
const definition = saga<{
  orderId: string;
  lines: [];
  amountMinor: number;
  currency: string;
  paymentMethod: string;
}>('trip')
  .step('reserve', ask(ReserveStock).within('10s').undo(ReleaseStock))
  .step('authorize', ask(AuthorizePayment).within('30s').undo(VoidPayment))
  .step('confirm', local(confirm))
  .step('capture', ask(CapturePayment).retryUntilDone())
  .step('thank', ask(SendReceipt).retryUntilDone())
  .onRolledBack(local(reject))
  .onStuck(local(call))
  .onCompleted(local(settle));

const no = { code: 'no', message: 'No' };
const place = (name: string) =>
  participant<string, 'take' | 'give' | 'fetch'>(name, 'free', {
    take: (state) =>
      state === 'free'
        ? [
            { state: 'taken', answer: 'ok' },
            { state: 'refused', answer: no },
          ]
        : [{ state, answer: state === 'taken' ? 'ok' : no }],
    give: () => [{ state: 'given', answer: 'ok' }],
    fetch: (state) => [{ state: state === 'taken' ? 'fetched' : state, answer: 'ok' }],
  });
const post = participant('post', 0, { send: () => [{ state: 1, answer: 'ok' }] });
const [stock, money] = [place('stock'), place('money')];
const participants = {
  'inventory.reserve-stock': stock.take,
  'inventory.release-stock': stock.give,
  'payments.authorize-payment': {
    ...money.take,
    react: (state: string) =>
      money.take
        .react(state)
        .map((reaction) =>
          reaction.answer === 'ok' ? { ...reaction, answer: { tells: { paymentId: 'p' } } } : reaction,
        ),
  },
  'payments.capture-payment': money.fetch,
  'payments.void-payment': money.give,
  [SendReceipt.type]: post.send,
};
const people = ['cancel', 'retry', 'give up'] as const;
const never = {
  'rolled back with something taken': ({ sagas, participants }: World) =>
    sagas['trip']!.state === 'rolled_back' && Object.values(participants).includes('taken'),
};

/** Each a mistake in saga.machine.ts, and the rule that it breaks. */
const MISTAKES: Record<string, { changes: [string, string][]; breaks: RegExp }> = {
  'an answer to another question is taken': {
    changes: [
      [
        ' return ask === instance.ask || (outcome.ok && ask.startsWith(`${questionOf(instance)}:`));',
        ' return true;',
      ],
    ],
    breaks: /taken for the answer to another question/,
  },
  'an answer to another step is taken when it is good': {
    changes: [['(outcome.ok && ask.startsWith(`${questionOf(instance)}:`))', 'outcome.ok']],
    breaks: /taken for the answer to another question/,
  },
  "the answer's command is not compared": {
    changes: [['command !== commandOf(definition, instance)?.type', 'command === ""']],
    breaks: /taken for the answer to another question/,
  },
  'a good answer to an earlier attempt is not heard': {
    changes: [[' || (outcome.ok && ask.startsWith(`${questionOf(instance)}:`))', '']],
    breaks: /was not taken/,
  },
  'a refusal of an earlier attempt is heard': {
    changes: [['(outcome.ok && ask.startsWith', '(ask.startsWith']],
    breaks: /taken for the answer to another question/,
  },
  'an ended saga that has a due date is fired': {
    changes: [
      [
        'if (hasEnded(instance) || instance.dueInMs === null || instance.dueInMs > 0)',
        'if (instance.dueInMs === null || instance.dueInMs > 0)',
      ],
    ],
    breaks: /has ended|throws/,
  },
  'an ended saga that has a due date is retried': {
    changes: [
      [
        'if (hasEnded(instance) || instance.dueInMs === null) return',
        'if (instance.dueInMs === null) return',
      ],
    ],
    breaks: /has ended|throws/,
  },
  'a clock fires before its time': {
    changes: [[' || instance.dueInMs === null || instance.dueInMs > 0', ' || instance.dueInMs === null']],
    breaks: /while an answer is awaited/,
  },
  'a retry interrupts an open question': {
    changes: [['if (instance.ask !== null && instance.dueInMs > 0) return undefined;', '']],
    breaks: /while an answer is awaited/,
  },
  'a cancellation is taken at any step': {
    changes: [
      [
        'if (!canRollBack(definition, instance)) return undefined;',
        'if (instance.state !== "running") return undefined;',
      ],
    ],
    breaks: /point of no return/,
  },
  'a saga that is not stuck is given up': {
    changes: [["if (instance.state !== 'running' || !instance.stuck)", "if (instance.state !== 'running')"]],
    breaks: /not stuck/,
  },
  'an undo that is stuck is given up': {
    changes: [["if (instance.state !== 'running' || !instance.stuck)", 'if (!instance.stuck)']],
    breaks: /not its turn|not stuck/,
  },
  'the undo starts before the step that was refused': {
    changes: [
      [
        '    this.saga.failure = failure;\n    this.undoFrom(this.index);',
        '    this.saga.failure = failure;\n    this.undoFrom(this.index - 1);',
      ],
    ],
    breaks: /whose turn it is|rolled_back, not undoing/,
  },
  'undos run in the order of the steps': {
    changes: [['.slice(0, index + 1).toReversed()', '.slice(0, index + 1)']],
    breaks: /whose turn it is/,
  },
  'only the last step is undone': {
    changes: [['return this.undoFrom(this.index - 1);', 'return this.undoFrom(-1);']],
    breaks: /rolled_back, not undoing/,
  },
  'an undo is repeated for ever': {
    changes: [['return this.undoFrom(this.index - 1);', 'return this.undoFrom(this.index);']],
    breaks: /whose turn it is|undoing, not rolled_back/,
  },
  'a failure does not count': {
    changes: [['    saga.attempt++;\n', '']],
    breaks: /count as an attempt/,
  },
  'the count of failures starts again with each question': {
    changes: [['return this.put(saga.attempt);', 'return this.put(0);']],
    breaks: /is asked as/,
  },
  'people are never called': {
    changes: [['saga.attempt >= STUCK_AFTER && !saga.stuck', 'saga.attempt >= 1_000']],
    breaks: /people are not called|never called/,
  },
  'people are called at each failure': {
    changes: [['saga.attempt >= STUCK_AFTER && !saga.stuck', 'saga.attempt >= STUCK_AFTER']],
    breaks: /more than once/,
  },
  'a saga that goes on stays stuck': {
    changes: [['      saga.stuck = false;\n', '']],
    breaks: /still stuck|stuck/,
  },
  'pauses do not grow': {
    changes: [['500 * 2 ** failures', '1000']],
    breaks: /do not grow/,
  },
  'a local step is passed without its effect': {
    changes: [['      this.local(step.effect);\n', '']],
    breaks: /nothing ran|ran, where/,
  },
  'a local step is not noted': {
    changes: [["      this.note(step.name, 'done');\n", '']],
    breaks: /timeline/,
  },
  'a step is skipped behind a local one': {
    changes: [
      [
        "      this.note(step.name, 'done');\n    }\n",
        "      this.note(step.name, 'done');\n      return this.end('completed', definition.hooks.completed);\n    }\n",
      ],
    ],
    breaks: /completed, not running/,
  },
  'a step is skipped after an answer': {
    changes: [['return this.enter(this.index + 1);', 'return this.enter(this.index + 2);']],
    breaks: /whose turn it is|ran, where/,
  },
  'the end keeps its due date': {
    changes: [['ask: null, attempt: 0, dueInMs: null, stuck: false', 'ask: null, attempt: 0, stuck: false']],
    breaks: /ended saga has a due date/,
  },
  'the end keeps its question': {
    changes: [['{ state, ask: null, attempt: 0,', '{ state, attempt: 0,']],
    breaks: /ended saga has an open question/,
  },
  'a question is asked without a due date': {
    changes: [['saga.dueInMs = this.current.withinMs;', 'saga.dueInMs = null;']],
    breaks: /no due date/,
  },
  'a question waits for another time than its own': {
    changes: [['saga.dueInMs = this.current.withinMs;', 'saga.dueInMs = 60_000;']],
    breaks: /another time/,
  },
  'the roll back says nothing to the service': {
    changes: [
      ["this.end('rolled_back', definition.hooks.rolledBack);", "this.end('rolled_back', undefined);"],
    ],
    breaks: /nothing ran/,
  },
  'a saga that is given up is settled': {
    changes: [["run.end('completed', undefined);", "run.end('completed', definition.hooks.completed);"]],
    breaks: /settle ran/,
  },
  'the reason of a roll back is lost': {
    changes: [['    this.saga.failure = failure;\n    this.undo', '    this.undo']],
    breaks: /reason/,
  },
  'silence behind the point of no return rolls back': {
    changes: [
      [
        "if (saga.state === 'undoing' || current.untilDone) return this.again(failure);",
        "if (saga.state === 'undoing') return this.again(failure);",
      ],
    ],
    breaks: /undoing, not running/,
  },
  'a refusal behind the point of no return rolls back': {
    changes: [['    if (current.untilDone) return this.again(outcome.failure);\n', '']],
    breaks: /undoing, not running/,
  },
  'a refused undo counts as done': {
    changes: [['if (!outcome.ok) return this.again(outcome.failure);', '']],
    breaks: /rolled_back, not undoing|undoing, not|whose turn|out of turn/,
  },
  'the data is changed in place': {
    changes: [['saga.data = { ...saga.data, ...outcome.data };', 'Object.assign(saga.data, outcome.data);']],
    breaks: /throws/,
  },
  'what an answer tells is forgotten': {
    changes: [['saga.data = { ...saga.data, ...outcome.data };', '']],
    breaks: /the data is not/,
  },
  'the undo sends the command of the step': {
    changes: [["state === 'undoing' ? at.undo : at.command", 'at.command']],
    breaks: /is sent for/,
  },
};

describe('the explorer', () => {
  it('finds nothing wrong with the state machine', async () => {
    const { complete, states, ms } = await explore(definition, { participants, people, never });
    expect({ complete, enough: states > 100, fast: ms < 10_000 }).toEqual({
      complete: true,
      enough: true,
      fast: true,
    });
  });

  it.each(Object.entries(MISTAKES))('finds that %s', async (_name, { changes, breaks }) => {
    const found = await explore(definition, {
      participants,
      people,
      never,
      machine: mutant(...changes),
    }).catch((error: unknown) => error);
    expect(found).toBeInstanceOf(Violation);
    const { rule, events } = found as Violation;
    expect(rule).toMatch(breaks);
    expect(events.length).toBeLessThanOrEqual(8);
  });
});
