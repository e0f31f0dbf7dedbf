// The one door of every command in package.json: plain JavaScript without packages, for any Node from 20.19 on.
// It installs what is missing and hands over to Node 24, which comes with the packages.
import { installServers } from './bootstrap/apt.mjs';
import { handOver } from './bootstrap/hand-over.mjs';
import { ownershipTrouble } from './bootstrap/ownership.mjs';
import { installPackages } from './bootstrap/packages.mjs';
import { whenNpmGone } from './bootstrap/npm-parent.mjs';
import { scriptOf } from './bootstrap/scripts.mjs';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Caravan needs Node 20.19 or newer to begin; this is ${process.version}. See https://nodejs.org/`,
  );
  process.exit(1);
}

const [command = '', ...args] = process.argv.slice(2);

/** Commands that need PostgreSQL, RabbitMQ and Redis on this machine. */
const needsServers =
  ['start', 'test', 'bench', 'chaos'].includes(command) && !args.some((word) => /^(-h|--help)$/.test(word));

// Stated, since servers run as another user read what is written here.
process.umask(0o022);
// The reader of the output may close it (`| head`): the work goes on.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

let handedOver = false;
whenNpmGone(() => handedOver || process.exit(1));

try {
  const trouble = ownershipTrouble();
  if (trouble) throw new Error(trouble);
  const script = command === 'install' ? undefined : scriptOf(command);
  const [, aptReport] = await Promise.all([installPackages(), needsServers ? installServers() : {}]);
  handedOver = true;
  if (script)
    process.exitCode = await handOver(script, args, { CARAVAN_APT_REPORT: JSON.stringify(aptReport) });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
