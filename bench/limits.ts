import { join } from 'node:path';
import type { ProcessSpec } from '../tools/supervision/managed-process.ts';
import { answers } from '../tools/supervision/probes.ts';
import type { Caravan } from './caravan.ts';
import { enrol, type Generator, httpParts } from './parts.ts';
import { pidsOf, port, startAll, stopAll } from './processes.ts';
import type { Part } from './rounds.ts';
import { Shop } from './shop.ts';
import type { HttpSystem } from './system.ts';
import { productList } from './work.ts';

const AT = [32];
const UNLIMITED = ['PER_CUSTOMER', 'PER_ADDRESS', 'UNKNOWN_PATHS', 'AUTH'];

/** The same services behind one more gateway, which counts nobody. */
async function withoutLimits(caravan: Caravan): Promise<HttpSystem> {
  const { spec } = caravan.stack.supervisor.find('gateway');
  const [at, management] = [await port(), await port()];
  const further: ProcessSpec = {
    ...spec,
    port: at,
    managementPort: management,
    logFile: join(caravan.stack.folders.logs, 'gateway-without-limits.log'),
    env: {
      ...spec.env,
      PORT: String(at),
      MANAGEMENT_PORT: String(management),
      ...Object.fromEntries(UNLIMITED.map((limit) => [`RATE_LIMIT_${limit}`, '0'])),
    },
    ready: (instance) => answers(`http://127.0.0.1:${management}/health/ready`, instance),
  };
  const processes = await startAll([further]);
  return {
    name: caravan.name,
    origin: `http://127.0.0.1:${at}`,
    databases: caravan.databases,
    uses: caravan,
    roots: () => ({ ...caravan.roots(), ...pidsOf(processes) }),
    stop: () => stopAll(processes),
  };
}

/** Customers look at products, counted for their address and for themselves, and not. */
export async function limitParts(generator: Generator, caravan: Caravan): Promise<Part[]> {
  const { authorizations, prepare } = await enrol(new Shop(caravan.origin), 'Limited');
  const parts = (system: HttpSystem, name: string): Part[] =>
    httpParts(generator, system, {
      subject: 'limits',
      name,
      work: productList(authorizations),
      at: AT,
      prepare,
    });
  return [...parts(caravan, 'limits'), ...parts(await withoutLimits(caravan), 'no limits')];
}
