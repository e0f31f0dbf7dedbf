import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from './checkout.mjs';

const OURS = ['.data', '.data/run', '.data/logs', '.data/secrets.json', 'node_modules', 'dist'];

function ownerOf(path) {
  try {
    return lstatSync(path).uid;
  } catch {
    return undefined;
  }
}

function nameOf(uid) {
  try {
    const line = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((entry) => entry.split(':')[2] === String(uid));
    return line?.split(':')[0] ?? `uid ${uid}`;
  } catch {
    return `uid ${uid}`;
  }
}

/**
 * Why the system of this checkout is not this user's to run: another user has run it before. Undefined when it is, and
 * where there are no users.
 */
export function ownershipTrouble(root = checkout, uid = process.getuid?.()) {
  if (uid === undefined) return undefined;
  // Root may write everywhere; but what it wrote into another user's data that user could not use any more.
  const paths = uid === 0 ? OURS.filter((path) => path.startsWith('.data')) : OURS;
  const foreign = paths.find((path) => ![undefined, uid].includes(ownerOf(join(root, path))));
  if (foreign === undefined) return undefined;
  const [owner, user] = [nameOf(ownerOf(join(root, foreign))), nameOf(uid)];
  const folders = ['.data', 'node_modules', 'dist'].filter((path) => ownerOf(join(root, path)) !== undefined);
  const quoted = folders.map((path) => `'${join(root, path).replaceAll("'", `'\\''`)}'`).join(' ');
  return [
    `${join(root, foreign)} belongs to ${owner}, who has run Caravan in this checkout before; you are ${user}.`,
    'What to do: run the same command as ' +
      owner +
      ', or stop it there (npm stop) and then give the files to ' +
      user +
      ':',
    `  ${uid === 0 ? '' : 'sudo '}chown -R ${user} ${quoted}`,
    'or use a clone of your own.',
  ].join('\n');
}
