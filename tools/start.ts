import { foldersAt } from './checkout.ts';
import { asksForHelp, leave, refuse, usageOf, WrongWords } from './command-line.ts';
import { detached, startDetached } from './detach.ts';
import { type StartFlags, parseStartFlags, startCommand } from './flags.ts';
import { onInterrupt, surviveAccidents } from './interrupts.ts';
import { AlreadyRunning, type Stack, startStack } from './stack.ts';
import { statusTable } from './status-table.ts';
import { statusOf } from './supervision/run-state.ts';
import { welcome } from './welcome.ts';

function flagsOrExit(args = process.argv.slice(2)): StartFlags {
  if (asksForHelp(args)) leave(usageOf(startCommand));
  try {
    return parseStartFlags(args, process.env);
  } catch (error) {
    if (!(error instanceof WrongWords)) throw error;
    return refuse(error.message, usageOf(startCommand));
  }
}

function sayRunning({ pid, running }: AlreadyRunning, say: (line: string) => void): void {
  const status = statusOf(running);
  say(
    `Caravan is ${running?.phase ?? 'starting'} in this checkout already (supervisor pid ${pid}) at ${status.gateway}`,
  );
  for (const line of statusTable(status)) say(line);
  say('\nLook: npm run status    Stop: npm stop');
}

async function run(flags: StartFlags, say: (line: string) => void): Promise<number> {
  surviveAccidents(say);
  const began = performance.now();
  let stop: (() => Promise<void>) | undefined;
  let asked = false;
  const ended = new Promise<void>((resolve) => {
    onInterrupt((again) => {
      asked = true;
      say(
        again
          ? 'In a hurry: killing what is left.'
          : '\nStopping: the gateway first, then what is behind it. Ctrl-C again hurries.',
      );
      void (stop?.() ?? Promise.resolve()).then(resolve);
    }, !detached.isChild);
  });
  say('Caravan: bringing the system up');
  let stack: Stack;
  try {
    stack = await startStack({
      root: '.data',
      ports: 'contract',
      mode: 'development',
      fresh: flags.fresh,
      demoData: flags.demoData,
      replicas: flags.replicas,
      singleProcess: flags.singleProcess,
      given: {
        postgres: process.env.DATABASE_URL,
        rabbitmq: process.env.RABBITMQ_URL,
        redis: process.env.REDIS_URL,
      },
      say,
      onStoppable: (close) => (stop = close),
    });
  } catch (error) {
    if (error instanceof AlreadyRunning) {
      sayRunning(error, say);
      return 0;
    }
    if (asked) return (say('Stopped.'), 0);
    say(`\nCaravan did not start: ${(error as Error).message}`);
    say(`All that was started is stopped again. Logs: ${foldersAt().logs}`);
    return 1;
  }
  for (const line of welcome(stack, performance.now() - began, detached.isChild)) say(line);
  detached.ready();
  await ended;
  say('Stopped. Nothing is left running.');
  return 0;
}

const flags = flagsOrExit();
if (flags.detach && !detached.isChild) process.exit(await startDetached(process.argv.slice(2)));
else
  process.exit(
    detached.finish(await run(flags, detached.isChild ? (line) => detached.say(line) : console.log)),
  );
