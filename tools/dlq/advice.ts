import type { DeadLetter } from './dead-letter.ts';

const CAUSES: [RegExp, (letter: DeadLetter) => string][] = [
  [
    /^not readable|^too large|^cannot be parked/,
    () => 'Nobody can read it, now or later: find out who sent it. It is only worth dropping.',
  ],
  [
    /^unknown type|^no handler/,
    ({ service }) =>
      `This version of ${service} does not know the word. Deploy one that does, then redrive; a word that is no longer spoken: drop.`,
  ],
  [
    /^not the shape|^not a message/,
    ({ service }) =>
      `Who sent it and ${service} do not agree on its shape (libs/contracts). Mend and deploy, then redrive; what cannot be mended: drop.`,
  ],
  [
    /^set aside by the broker/,
    ({ service }) =>
      `The broker gave it up, not ${service}: look at the policies of its queue, then redrive.`,
  ],
];

const handlerFailed = ({ service, traceId, attempts }: DeadLetter): string =>
  `${service} failed on it ${attempts ?? 'several'} times. Mend the cause (the whole error: grep ${traceId ?? service} .data/logs/${service}*.log), then redrive.`;

/** How an operator can go on with a dead letter, in words, the commands last. */
export function advice(letter: DeadLetter): string[] {
  const cause = CAUSES.find(([reason]) => reason.test(letter.reason))?.[1] ?? handlerFailed;
  return [
    cause(letter),
    'Redriven, it has the same id: what it did already is not done twice.',
    '',
    ...(letter.order ? [`npm run saga -- show ${letter.order}`] : []),
    `npm run dlq -- redrive ${letter.id}`,
    `npm run dlq -- drop ${letter.id} --reason '…'`,
  ];
}
