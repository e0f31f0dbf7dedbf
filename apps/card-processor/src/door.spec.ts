import { expect, it } from '@jest/globals';
import { isForeignPage, isOwnHost } from './door.ts';

it.each([
  ['127.0.0.1:8090', true],
  ['localhost:8090', true],
  ['LOCALHOST:8090', true],
  ['[::1]:8090', true],
  ['cards:12111', true],
  ['127.0.0.1:8091', false],
  ['127.0.0.1', false],
  ['evil.example', false],
  ['evil.example:8090', false],
  ['127.0.0.1.evil.example:8090', false],
  ['127.0.0.1:8090@evil.example', false],
  ['localhost.:8090', false],
  ['', false],
  [undefined, false],
])('a request to %s is for the sandbox: %s', (host, own) => {
  expect(isOwnHost(host, 8090, 'http://cards:12111')).toBe(own);
});

const json = { 'content-type': 'application/json' };
it.each([
  ['a program', {}, false],
  ['a program with plain text', { 'content-type': 'text/plain' }, false],
  ['a page of this machine with JSON', { origin: 'http://localhost:5173', ...json }, false],
  ['a page of this machine with a form', { origin: 'http://localhost:5173' }, true],
  ['a foreign page', { origin: 'https://evil.example', 'content-type': 'text/plain' }, true],
  ['a foreign page with JSON', { origin: 'https://evil.example', ...json }, true],
  ['a page that only begins like this machine', { origin: 'http://localhost.evil.example', ...json }, true],
  ['a page without an origin', { origin: 'null', ...json }, true],
  ['a foreign page that hides its origin', { 'sec-fetch-site': 'cross-site', ...json }, true],
])('%s is a foreign page: %s', (_, headers, foreign) => {
  expect(isForeignPage('POST', headers)).toBe(foreign);
});
