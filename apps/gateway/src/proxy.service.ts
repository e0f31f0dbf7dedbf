import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FAILED_OPERATION, toldFailure } from '@caravan/platform';
import type { Answer } from './exchange.ts';
import { BffClient, type BffName } from './bff.client.ts';
import { FailuresService } from './failures.service.ts';
import { varyBy } from './vary.ts';

/** What passes inwards. Nothing else does: no cookie, no forwarded host, no header that a BFF might believe. */
const INWARDS = [
  'accept',
  'authorization',
  'content-type',
  'accept-language',
  'if-none-match',
  'x-apollo-operation-name',
  'apollo-require-preflight',
] as const;
/** What passes outwards. Nothing tells what runs inside. */
const OUTWARDS = [
  'allow',
  'content-type',
  'cache-control',
  'content-language',
  'content-security-policy',
  'etag',
  'last-modified',
  'retry-after',
  'www-authenticate',
] as const;

@Injectable()
export class ProxyService {
  constructor(
    private readonly bffs: BffClient,
    private readonly failures: FailuresService,
  ) {}

  /** Answers with what the BFF answers. @throws Failure 502, 503, 504 */
  async forward(
    name: BffName,
    path: string,
    request: FastifyRequest<{ Body: Buffer | undefined }>,
    reply: FastifyReply,
  ): Promise<void> {
    const { visit, context } = request.edge;
    const { deadline } = context;
    const answer = await this.bffs.call(name, {
      method: request.method === 'POST' ? 'POST' : 'GET',
      path,
      headers: inwards(request),
      body: request.body,
      deadline: deadline!,
      visit,
    });
    const failure = toldFailure(answer.headers[FAILED_OPERATION]);
    if (failure !== undefined || answer.status >= 400)
      this.failures.failed(request, reply, answer.status, failure ?? { codes: [] });
    const { vary } = answer.headers;
    if (typeof vary === 'string')
      void reply.header('vary', varyBy(reply.getHeader('vary') as string | undefined, vary));
    passOutwards(answer, reply);
    void reply.code(answer.status).send(answer.body);
  }
}

function inwards(request: FastifyRequest): Record<string, string> {
  const { context } = request.edge;
  const headers: Record<string, string> = {
    traceparent: context.traceparent,
    // What is left, not until when: the clocks of two machines differ.
    'x-timeout-ms': String(Math.floor(context.deadline! - performance.now())),
    'x-request-id': request.id,
  };
  for (const name of INWARDS) {
    const value = request.raw.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  return headers;
}

function passOutwards({ status, headers }: Answer, reply: FastifyReply): void {
  for (const name of OUTWARDS) {
    const value = headers[name];
    if (value !== undefined) void reply.header(name, value);
  }
  if (status === 401 && headers['www-authenticate'] === undefined)
    void reply.header('www-authenticate', 'Bearer realm="caravan"');
}
