import { Inject, Injectable } from '@nestjs/common';
import { Failure } from '@caravan/contracts';
import { bearerToken, type Caller, ENV, ExpiredToken, TokenVerifier } from '@caravan/platform';
import type { FastifyRequest } from 'fastify';
import type { GatewayEnv } from './gateway.env.ts';
import { unauthenticated } from './gateway.errors.ts';
import { LimitsService } from './limits.service.ts';
import { SigningKeysClient } from './signing-keys.client.ts';
import { internal } from './problem.ts';

/**
 * Who asks. Without a token, or with one that ran out, a request goes on as anonymous: the APIs decide what is open and
 * verify the token again, so that "expired" is never a header that a client could send. A bad token goes nowhere.
 */
@Injectable()
export class AccessService {
  private readonly tokens: TokenVerifier;

  constructor(
    @Inject(ENV) env: GatewayEnv,
    private readonly limits: LimitsService,
    keys: SigningKeysClient,
  ) {
    this.tokens = new TokenVerifier(() => keys.ask(), { issuer: env.ISSUER, audience: 'caravan' });
  }

  /** @returns a refusal, undefined for a request that may go on; at once for a token seen before */
  identify(request: FastifyRequest): undefined | Failure | Promise<undefined | Failure> {
    const { authorization } = request.raw.headers;
    if (authorization === undefined) return undefined;
    const token = bearerToken(authorization);
    if (token === undefined) {
      return unauthenticated('The Authorization header must be "Bearer", a space and an access token.');
    }
    const caller = this.tokens.remembered(token);
    return caller === undefined ? this.verify(request, token) : this.admit(request, caller);
  }

  private async verify(request: FastifyRequest, token: string): Promise<undefined | Failure> {
    try {
      return await this.admit(request, await this.tokens.verify(token));
    } catch (error) {
      if (error instanceof ExpiredToken) return undefined;
      return error instanceof Failure ? error : internal(error);
    }
  }

  private admit(request: FastifyRequest, caller: Caller): undefined | Failure | Promise<undefined | Failure> {
    request.edge.caller = caller;
    return this.limits.customer.take(caller.id);
  }
}
