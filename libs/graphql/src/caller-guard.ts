import { Failure, Code, type Role } from '@caravan/contracts';
import { ExpiredToken } from '@caravan/platform';
import { type CanActivate, type ExecutionContext, Inject, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type RequestContext, unauthenticated } from './request-context.ts';

const PUBLIC = 'caravan:public';
const ROLES = 'caravan:roles';

/** Opens a query or mutation to callers without a token, or with one that ran out. No other bad token passes. */
export const Public = () => SetMetadata(PUBLIC, true);

/** Closes a query or mutation to callers who have none of these roles. */
export const Roles = (...roles: Role[]) => SetMetadata(ROLES, roles);

/** Stands before every query and mutation: closed unless `@Public()` opens it. */
@Injectable()
export class CallerGuard implements CanActivate {
  constructor(@Inject(Reflector) private readonly reflector: Reflector) {}

  /** @throws Failure `caravan.unauthenticated`, `caravan.forbidden` */
  async canActivate(host: ExecutionContext): Promise<boolean> {
    if (host.getType<string>() !== 'graphql') return false;
    const context = host.getArgByIndex<RequestContext>(2);
    const targets = [host.getHandler(), host.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, targets)) {
      await this.identifyIfPossible(context);
      return true;
    }
    context.caller = await context.identify();
    if (!context.caller) throw unauthenticated();
    const roles = this.reflector.getAllAndOverride<Role[] | undefined>(ROLES, targets);
    if (roles && !roles.some((role) => context.caller?.roles.includes(role))) {
      throw new Failure(Code.forbidden, 'Your account may not do this.');
    }
    return true;
  }

  /** What is public stays there while nobody can be identified, for those with a token too. */
  private async identifyIfPossible(context: RequestContext): Promise<void> {
    if (!context.hasToken) return;
    try {
      context.caller = await context.identify();
    } catch (error) {
      if (error instanceof ExpiredToken) return;
      const code = error instanceof Failure ? error.code : undefined;
      if (code !== Code.unavailable && code !== Code.deadlineExceeded) throw error;
    }
  }
}
