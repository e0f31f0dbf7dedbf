import { mkdtempSync, statSync } from 'node:fs';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Folders, foldersAt } from '../checkout.ts';
import { type Command, ask, openControl } from './control.ts';

let folders: Folders;
let server: Server | undefined;

async function open(commands: Record<string, Command>): Promise<void> {
  server = openControl(folders, commands);
  if (!server.listening) await new Promise((resolve) => server!.once('listening', resolve));
}

async function asked(command: string, ...args: string[]) {
  const lines: string[] = [];
  const exitCode = await ask(folders, command, args, (line) => lines.push(line));
  return { exitCode, lines };
}

describe('the control of a running system', () => {
  beforeEach(() => {
    folders = foldersAt(mkdtempSync(join(tmpdir(), 'caravan-')));
  });
  afterEach(() => {
    server?.close();
    server = undefined;
  });

  it('does what it is asked, and tells how it goes and how it ended', async () => {
    await open({
      greet: async (names, say) => {
        for (const name of names) say(`hello ${name}`);
        return 3;
      },
    });
    expect(await asked('greet', 'Ada', 'Grace')).toEqual({
      exitCode: 3,
      lines: ['hello Ada', 'hello Grace'],
    });
  });

  it('says why something did not work, and what it does not know', async () => {
    await open({ fail: () => Promise.reject(new Error('out of paper')) });
    expect(await asked('fail')).toEqual({ exitCode: 1, lines: ['out of paper'] });
    expect(await asked('toString')).toMatchObject({ exitCode: 1 });
  });

  it('is for its owner alone', async () => {
    await open({});
    expect(statSync(join(folders.run, 'control.sock')).mode & 0o077).toBe(0);
  });

  it('takes the place of one that was killed, and is not there when nobody runs', async () => {
    expect(await asked('greet')).toEqual({ exitCode: undefined, lines: [] });
    await open({});
    await open({ greet: () => Promise.resolve(0) });
    expect(await asked('greet')).toEqual({ exitCode: 0, lines: [] });
  });
});
