import { Inject, Injectable, Logger } from '@nestjs/common';
import { Code, deadlineExceeded, Failure, unavailable } from '@caravan/contracts';
import { ENV, Lifecycle } from '@caravan/platform';
import { type Dispatcher, Pool } from 'undici';
import { type Answer, type Call, Exchange } from './exchange.ts';
import type { GatewayEnv } from './gateway.env.ts';

export type BffName = 'web' | 'mobile';

const POOL: Pool.Options = {
  pipelining: 1,
  // Shorter than a BFF that leaves waits for requests on kept connections (DRAIN_LINGER_MS), whatever it says about
  // its own patience: so a request never meets a socket that is just closing.
  keepAliveTimeout: 1_000,
  keepAliveMaxTimeout: 1_000,
  connect: { timeout: 1_000 },
  // The deadline is kept by the exchange, the waiting for a connection included.
  headersTimeout: 0,
  bodyTimeout: 0,
};

const UNLIMITED = 4_096;

/** undici's word for a request that cannot be written to anyone: nobody else is asked, and it is nobody's absence. */
const CANNOT_BE_SENT = 'UND_ERR_INVALID_ARG';

/** The way to the BFFs: kept connections, the replicas in turn, and another one when a replica cannot be reached. */
@Injectable()
export class BffClient {
  private readonly log = new Logger('Gateway');
  private readonly pools: Record<BffName, Pool[]>;
  private turn = 0;

  constructor(@Inject(ENV) env: GatewayEnv, lifecycle: Lifecycle) {
    // As many as may be in flight: a queue here would let one client's slow requests stand before all others.
    const connections = env.MAX_IN_FLIGHT || UNLIMITED;
    const open = (urls: string[]) => urls.map((url) => new Pool(url, { ...POOL, connections }));
    this.pools = { web: open(env.BFF_WEB_URL), mobile: open(env.BFF_MOBILE_URL) };
    lifecycle.onDrain('outgoing', () => this.close());
  }

  /** @throws Failure 503 when nothing was sent, 504 at the deadline, 502 when the answer broke off */
  async call(name: BffName, call: Call): Promise<Answer> {
    const pools = this.pools[name];
    const first = this.turn++;
    for (let i = 0; i < pools.length; i++) {
      try {
        return await this.exchange(pools[(first + i) % pools.length]!, call);
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        if (error instanceof Failure)
          throw error.code === Code.deadlineExceeded ? deadlineExceeded('The shop') : error;
        if (code === CANNOT_BE_SENT) throw error;
        // No connection came about, for whatever reason: nothing has been sent, so another may be asked to do the same.
        this.log.warn(`bff-${name} cannot be reached: ${message}`);
      }
    }
    throw unavailable('The shop');
  }

  private exchange(pool: Dispatcher, call: Call): Promise<Answer> {
    return new Exchange(call).over(pool);
  }

  private async close(): Promise<void> {
    await Promise.all([...this.pools.web, ...this.pools.mobile].map((pool) => pool.close()));
  }
}
