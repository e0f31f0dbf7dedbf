import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { type Door, startDoor } from './door.ts';

const lines: { level: string; line: unknown }[] = [];
let door: Door;

beforeAll(async () => {
  for (const level of ['log', 'warn', 'error'] as const)
    jest.spyOn(Logger.prototype, level).mockImplementation((line: unknown) => {
      if (level === 'error' || typeof line === 'object') lines.push({ level, line });
    });
  door = await startDoor();
});
afterAll(() => door.stop());
beforeEach(() => void lines.splice(0));

const send = (method: string, target: string, to = door) =>
  to.raw(`${method} ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

const TARGETS = [
  '*',
  '*?x',
  '*/web/graphql',
  '*web/graphql?query={a}',
  '*images/TOY.svg',
  '?x',
  'a',
  '//',
  '///x',
  'http:',
  'http:/',
  'http://',
  'http:///',
  'http://?x',
  'http://x?a/web/graphiql',
  'http://x:99999/',
  'mailto:x',
  '/\x00',
  '/\x7f',
];

describe('a target that no route has', () => {
  it.each(
    ['GET', 'HEAD', 'POST', 'DELETE', 'QUERY'].flatMap((method) => TARGETS.map((target) => [method, target])),
  )('%s %j is refused like any other, and never as an error', async (method, target) => {
    const { answer } = await send(method!, target!);
    expect([200, 400, 404, 421, 501]).toContain(statusOf(answer));
    if (statusOf(answer) === 200) return;
    expect(answer).toMatch(/^x-request-id: [\w-]{36}\r$/im);
    expect(answer).toContain('application/problem+json');
    expect(answer).not.toMatch(/undefined|Cannot read/);
    expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it.each([
    ['GET *', 404],
    ['HEAD *', 404],
    ['GET *?x', 400],
    ['POST *web/graphql', 400],
  ] as const)('%s counts as an unknown path', async (line, status) => {
    const strict = await startDoor({ RATE_LIMIT_UNKNOWN_PATHS: '1' });
    const [method, target] = line.split(' ') as [string, string];
    const answers = await Promise.all(Array.from({ length: 40 }, () => send(method, target, strict)));
    await strict.stop();
    expect(new Set(answers.map(({ answer }) => statusOf(answer)))).toEqual(new Set([status, 429]));
  });

  it('keeps its request id, and the connection goes on', async () => {
    const two = 'GET * HTTP/1.1\r\nHost: x\r\nX-Request-Id: abc-123\r\n\r\n';
    const { answer } = await door.raw(`${two}GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(answer).toContain('x-request-id: abc-123');
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 404', 'HTTP/1.1 200']);
  });
});
