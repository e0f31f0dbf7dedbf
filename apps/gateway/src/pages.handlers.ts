import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ENV } from '@caravan/platform';
import type { GatewayEnv } from './gateway.env.ts';
import { page } from './page.ts';

@Controller()
export class PagesHandlers {
  private readonly html: string;

  constructor(@Inject(ENV) env: GatewayEnv) {
    this.html = page(env);
  }

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('cache-control', 'no-cache')
  @Header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
  home(): string {
    return this.html;
  }
}
