import type { Stack } from './stack.ts';
import { statusTable } from './status-table.ts';

/** What a person sees when the system is up: the table, what to open, what to try. */
export function welcome(stack: Stack, tookMs: number, detached: boolean): string[] {
  const { gatewayUrl } = stack;
  return [
    '',
    ...statusTable(stack.status()),
    '',
    ...stack.takenPorts.map((line) => `  ${line}`),
    `  Ready after ${(tookMs / 1000).toFixed(1)} s. Open`,
    `    ${gatewayUrl}/                   what runs here`,
    `    ${gatewayUrl}/web/graphiql       GraphQL for the web, with examples`,
    `    ${gatewayUrl}/mobile/graphiql    GraphQL for phones`,
    '  Log in as customer@example.com or staff@example.com, password caravan-demo.',
    '  Try    npm run demo              three orders: confirmed, declined, out of stock',
    '         npm run status            how the processes are',
    `  Mails  ${stack.mailFolder}/*.eml`,
    `  Logs   ${stack.folders.logs}/*.log`,
    ...stack.hints.map((hint) => `  To ${hint}`),
    `  ${detached ? 'npm stop' : 'Ctrl-C (or npm stop)'} drains and stops it all.`,
  ];
}
