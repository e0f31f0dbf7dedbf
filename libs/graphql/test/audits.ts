import { expect } from '@jest/globals';
import { serverAudits } from 'graphql-http';

/**
 * Recommendations (SHOULD, MAY) of GraphQL over HTTP that the public contract decides otherwise. Clients that accept
 * `application/json` get 400 for what is not executed, as with `application/graphql-response+json`.
 */
const DECIDED_OTHERWISE: readonly string[] = [
  // 200 for JSON clients: when the document cannot be parsed, is not valid, has variables that cannot be coerced.
  '572B',
  'FDE2',
  '7B9B',
];

/** Runs the audits of `graphql-http` against a GraphQL API. Fails for each requirement that is not met. */
export async function expectAudits(url: string): Promise<void> {
  const results = await Promise.all(serverAudits({ url }).map((audit) => audit.fn()));
  expect(results.length).toBeGreaterThan(50);
  const failed = results.flatMap((result) =>
    result.status === 'ok' || DECIDED_OTHERWISE.includes(result.id)
      ? []
      : [`${result.id} ${result.name}: ${result.reason}`],
  );
  expect(failed).toEqual([]);
}
