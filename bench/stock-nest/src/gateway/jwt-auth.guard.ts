import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import type { Request } from 'express';

/** Who has a token is told to the service behind by a header; the catalogue may be read without one. */
@Injectable()
export class JwtAuthGuard implements CanActivate {
  constructor(private readonly jwt: JwtService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    delete request.headers['x-user-id'];
    const [type, token] = request.headers.authorization?.split(' ') ?? [];
    if (type !== 'Bearer' || !token) return true;
    try {
      const { sub } = await this.jwt.verifyAsync<{ sub: string }>(token);
      request.headers['x-user-id'] = sub;
    } catch {
      throw new UnauthorizedException();
    }
    return true;
  }
}
