import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Start time of a process, which with its pid is it alone; undefined when it is gone (or where /proc is not). */
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    try {
      process.kill(pid, 0);
      return process.platform === 'linux' ? undefined : 'alive';
    } catch {
      return undefined;
    }
  }
}

/** The folder that the lock lies in, told from a copy of it. */
function placeOf(folder) {
  const { dev, ino } = statSync(dirname(folder));
  return `${dev}:${ino}`;
}

function holderOf(folder) {
  try {
    const { pid, start, place } = JSON.parse(readFileSync(join(folder, 'holder.json'), 'utf8'));
    const here = place === undefined || place === placeOf(folder);
    return here && Number.isInteger(pid) && typeof start === 'string' ? { pid, start } : undefined;
  } catch {
    return undefined;
  }
}

/** Runs `work` while no other process of this checkout does: a folder is made by one of them only. */
export async function withLock(folder, waiting, work) {
  const draft = `${folder}.${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  writeFileSync(
    join(draft, 'holder.json'),
    JSON.stringify({ pid: process.pid, start: startOf(process.pid), place: placeOf(folder) }),
  );
  for (let told = false; ;) {
    try {
      // Onto a folder that is there and not empty this fails: one taker only, and the lock is born whole.
      renameSync(draft, folder);
      break;
    } catch (error) {
      if (!existsSync(folder)) throw error;
      const holder = holderOf(folder);
      // The lock is born with its holder: one that names none was left half written, or came with a copy of the checkout.
      if (!holder || startOf(holder.pid) !== holder.start) {
        rmSync(folder, { recursive: true, force: true });
        continue;
      }
      if (!told) waiting(holder.pid);
      told = true;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  try {
    return await work();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
