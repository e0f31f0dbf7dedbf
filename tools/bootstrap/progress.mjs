const EVERY_MS = 15_000;

const { stderr } = process;
const running = new Map();
let timer;
let turn = 0;

const seconds = (began) => Math.round((performance.now() - began) / 1000);
const wipe = () => (stderr.isTTY ? '\r\x1b[2K' : '');

function show() {
  const all = [...running].map(([what, began]) => `${what} … ${seconds(began)} s`);
  stderr.write(
    stderr.isTTY ? `${wipe()}${'|/-\\'[turn++ % 4]} ${all.join('; ')}` : `  still ${all.join('; ')}\n`,
  );
}

/**
 * Says on standard error what goes on for as long as `work` takes: on a terminal one turning line for all
 * that runs at the same time, elsewhere a line at the beginning, now and then, and at the end.
 */
export async function withProgress(what, work) {
  const began = performance.now();
  running.set(what, began);
  timer ??= setInterval(show, stderr.isTTY ? 120 : EVERY_MS);
  if (!stderr.isTTY) stderr.write(`${what} …\n`);
  try {
    const result = await work();
    stderr.write(`${wipe()}${what}: ended after ${seconds(began)} s\n`);
    return result;
  } finally {
    running.delete(what);
    if (running.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  }
}
