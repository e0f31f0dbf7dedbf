import { readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 500;

function look(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[1]), started: fields[19], zombie: fields[0] === 'Z' };
  } catch {
    return undefined;
  }
}

/** The npm that runs this command, which may have a shell in between. Linux only. */
function npmAbove() {
  for (let pid = process.ppid, n = 0; pid > 1 && n < 3; n++) {
    const found = look(pid);
    if (!found) return undefined;
    if (/^npm\b|npm-cli/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))) return { pid, ...found };
    pid = found.parent;
  }
  return undefined;
}

/** Calls back when the npm that runs this command was killed: then no signal tells of it. */
export function whenNpmGone(callback) {
  let npm;
  try {
    npm = npmAbove();
  } catch {
    return;
  }
  if (!npm) return;
  const timer = setInterval(() => {
    const now = look(npm.pid);
    if (now && !now.zombie && now.started === npm.started) return;
    clearInterval(timer);
    callback();
  }, LOOK_EVERY_MS);
  timer.unref();
}
