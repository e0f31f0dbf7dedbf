import { Agent } from 'node:http';
import { All, Controller, Next, Req, Res, UseGuards } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { tuned } from '../setup.ts';
import { JwtAuthGuard } from './jwt-auth.guard.ts';

const proxy = createProxyMiddleware<Request, Response>({
  target: process.env.BFF_URL,
  pathRewrite: { '^/web/graphql': '/graphql' },
  changeOrigin: true,
  ...(tuned ? { agent: new Agent({ keepAlive: true }) } : {}),
});

@Controller('web/graphql')
@UseGuards(JwtAuthGuard)
export class GraphqlController {
  @All()
  forward(@Req() request: Request, @Res() response: Response, @Next() next: NextFunction): void {
    void proxy(request, response, next);
  }
}
