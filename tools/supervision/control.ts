import { rmSync } from 'node:fs';
import { type Server, type Socket, connect, createServer } from 'node:net';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import type { Folders } from '../checkout.ts';

type Say = (line: string) => void;

/**
 * Does what it is asked, telling how it goes; answers the exit code of who asked. `gone`: he does not listen any more.
 */
export type Command = (args: string[], say: Say, gone: AbortSignal) => Promise<number>;

type Told = { line: string } | { exitCode: number };

/** A socket's path may have some hundred bytes only: from where we stand it is short. */
const pathIn = (folders: Folders): string => relative('', join(folders.run, 'control.sock'));

const tell = (socket: Socket, told: Told): void => {
  if (socket.writable) socket.write(`${JSON.stringify(told)}\n`);
};

/** Lets commands of the same person on the same machine ask the supervisor for something: a line of JSON a connection. */
export function openControl(folders: Folders, commands: Record<string, Command>): Server {
  const path = pathIn(folders);
  rmSync(path, { force: true });
  const server = createServer((socket) => {
    const gone = new AbortController();
    socket.on('error', () => undefined);
    socket.once('close', () => gone.abort());
    createInterface(socket).once('line', (line) => {
      void obey(commands, line, (text) => tell(socket, { line: text }), gone.signal).then((exitCode) => {
        tell(socket, { exitCode });
        socket.end();
      });
    });
  });
  const umask = process.umask(0o077);
  server.listen(path);
  process.umask(umask);
  return server.unref();
}

async function obey(
  commands: Record<string, Command>,
  line: string,
  say: Say,
  gone: AbortSignal,
): Promise<number> {
  try {
    const { command, args } = JSON.parse(line) as { command: string; args: string[] };
    const known = Object.hasOwn(commands, command) ? commands[command] : undefined;
    if (!known) throw new Error(`the running supervisor does not know "${command}": stop and start Caravan`);
    return await known(args, say, gone);
  } catch (error) {
    say((error as Error).message);
    return 1;
  }
}

/** Asks the supervisor that runs there. @returns its exit code; undefined when nobody answers */
export function ask(
  folders: Folders,
  command: string,
  args: string[],
  say: Say,
): Promise<number | undefined> {
  return new Promise((resolve) => {
    let exitCode: number | undefined;
    const socket = connect(pathIn(folders), () => socket.write(`${JSON.stringify({ command, args })}\n`));
    socket.on('error', () => undefined);
    createInterface(socket)
      .on('error', () => undefined)
      .on('line', (line) => {
        const told = JSON.parse(line) as Told;
        if ('line' in told) say(told.line);
        else exitCode = told.exitCode;
      });
    socket.once('close', () => resolve(exitCode));
  });
}
