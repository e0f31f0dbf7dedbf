import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { identify, isAlive, parseStat, processesWith, signal } from './process-identity.ts';

describe("a process's identity", () => {
  it('reads past a name with blanks and brackets', () => {
    const tail = Array.from({ length: 48 }, (_, field) => String(field)).join(' ');
    expect(parseStat(`42 (a ) b) S ${tail}`)).toEqual({ state: 'S', started: '18' });
  });

  it('signals the very process, and never another one that has its number', async () => {
    const child = spawn('sleep', ['60'], { env: { PATH: process.env.PATH, CARAVAN_STACK: '/spec' } });
    await once(child, 'spawn');
    const identity = identify(child.pid ?? 0);
    if (!identity) throw new Error('the child lives');
    expect(signal({ ...identity, started: '1' }, 'SIGKILL')).toBe(false);
    expect(isAlive(identity)).toBe(true);
    expect(processesWith('CARAVAN_STACK=/spec')).toEqual([identity]);
    const ended = once(child, 'exit');
    expect(signal(identity, 'SIGKILL')).toBe(true);
    await ended;
    expect(isAlive(identity)).toBe(false);
  });
});
