import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { ENV } from '@caravan/platform';
import { Redis } from 'ioredis';
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import type { GatewayEnv } from './gateway.env.ts';
import { Limit, type Policy } from './limit.ts';

const REDIS_TIMEOUT_MS = 100;
const REDIS_PATIENCE_MS = 1_000;

/** Who may ask how often. Shared over Redis where there is one; each replica for itself while it is away. */
@Injectable()
export class LimitsService implements OnModuleDestroy, OnModuleInit {
  readonly customer: Limit;
  readonly address: Limit;
  readonly auth: Limit;
  readonly unknownPaths: Limit;
  private readonly redis: Redis | undefined;

  constructor(@Inject(ENV) env: GatewayEnv) {
    this.redis = env.REDIS_URL === undefined ? undefined : connect(env.REDIS_URL);
    this.customer = this.limit({ name: 'customer', quota: env.RATE_LIMIT_PER_CUSTOMER, windowSeconds: 1 });
    this.address = this.limit({ name: 'address', quota: env.RATE_LIMIT_PER_ADDRESS, windowSeconds: 1 });
    this.unknownPaths = this.limit({
      name: 'unknown',
      quota: env.RATE_LIMIT_UNKNOWN_PATHS,
      windowSeconds: 1,
    });
    this.auth = this.limit({ name: 'auth', quota: env.RATE_LIMIT_AUTH, windowSeconds: 60 });
  }

  /** Replicas that start together share from the first request on; a Redis that is away is not waited for. */
  async onModuleInit(): Promise<void> {
    if (this.redis === undefined) return;
    const ready = this.redis.connect().catch(() => undefined);
    await Promise.race([ready, delay(REDIS_PATIENCE_MS, undefined, { ref: false })]);
  }

  onModuleDestroy(): void {
    this.redis?.disconnect();
  }

  private limit(policy: Policy): Limit {
    const options = {
      keyPrefix: `caravan:limit:${policy.name}`,
      points: policy.quota,
      duration: policy.windowSeconds,
    };
    const memory = new RateLimiterMemory(options);
    const store: RateLimiterAbstract =
      this.redis === undefined
        ? memory
        : new RateLimiterRedis({
            ...options,
            storeClient: this.redis,
            rejectIfRedisNotReady: true,
            insuranceLimiter: memory,
          });
    return new Limit(policy, store);
  }
}

function connect(url: string): Redis {
  const log = new Logger('Limits');
  const redis = new Redis(url, {
    // Not while the modules are still loaded: the first answer would be late, and Redis taken for away.
    lazyConnect: true,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    commandTimeout: REDIS_TIMEOUT_MS,
    connectTimeout: 500,
    retryStrategy: (attempt) => Math.min(5_000, 100 * 2 ** Math.min(attempt, 6)) * (0.5 + Math.random() / 2),
  });
  let told = false;
  redis.on('error', (error) => {
    if (!told) log.warn(`Redis is away, each gateway limits for itself: ${error.message}`);
    told = true;
  });
  redis.on('ready', () => {
    if (told) log.log('Redis is back');
    told = false;
  });
  return redis;
}
