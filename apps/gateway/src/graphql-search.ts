import { fromAnotherSite } from './gateway.errors.ts';
import { parseJsonParameter } from './json.ts';

/** Parameters of a GraphQL request by GET (GraphQL over HTTP §5.3); no other goes on. */
const NAMES = new Set(['query', 'operationName', 'variables', 'extensions']);
const JSON_NAMES = ['variables', 'extensions'];

/**
 * The part of a URL's query that asks GraphQL something, spelled as it came. Empty JSON parameters count as absent.
 * @returns undefined when nothing is asked
 * @throws Refusal 400 for JSON out of bounds
 */
export function graphqlSearch(url: string): string | undefined {
  const start = url.indexOf('?');
  if (start === -1) return undefined;
  const pairs: string[] = [];
  const given = new Map<string, string>();
  for (const pair of url.slice(start + 1).split('&')) {
    const [[name, value] = ['', '']] = [...new URLSearchParams(pair)];
    if (!NAMES.has(name) || (JSON_NAMES.includes(name) && (value === '' || value === 'null'))) continue;
    pairs.push(pair);
    given.set(name, value);
  }
  for (const name of JSON_NAMES) {
    const text = given.get(name);
    if (text !== undefined) parseJsonParameter(text, `"${name}"`);
  }
  return given.has('query') || given.has('extensions') ? pairs.join('&') : undefined;
}

/**
 * Refuses what a page of another site can make a browser send without asking first: links, forms, embedded pictures
 * and scripts. Nothing could be forged (a GET changes nothing, no cookie says who asks), but its timing could be read.
 * @throws Refusal 400
 */
export function refuseCrossSite(headers: Readonly<Record<string, string | string[] | undefined>>): void {
  const site = headers['sec-fetch-site'];
  const mode = headers['sec-fetch-mode'];
  if (site !== 'cross-site' && site !== 'same-site') return;
  if (mode !== 'no-cors' && mode !== 'navigate' && mode !== 'nested-navigate') return;
  if (headers['apollo-require-preflight'] || headers['x-apollo-operation-name']) return;
  throw fromAnotherSite();
}
