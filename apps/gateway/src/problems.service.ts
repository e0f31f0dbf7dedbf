import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { Code, deadlineExceeded, Failure } from '@caravan/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BODY_LIMIT } from './bounds.ts';
import { EdgeService } from './edge.service.ts';
import { bodyTooLarge, malformed, notFound, onlyJson } from './gateway.errors.ts';
import { internal, statusOf } from './problem.ts';

/** Whatever goes wrong behind the edge becomes one kind of answer; what nobody expected is logged here, once. */
@Catch()
export class ProblemsService implements ExceptionFilter {
  private readonly log = new Logger('Gateway');

  constructor(private readonly edge: EdgeService) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const failure = failureFrom(error);
    if (statusOf(failure) === 500) this.log.error(error);
    if (reply.sent) return;
    const changed = request.edge?.context.effects.changed;
    // After a change no answer may say that nothing has happened.
    const uncertain = changed && (statusOf(failure) === 500 || failure.code === Code.unavailable);
    this.edge.refuse(request, reply, uncertain ? deadlineExceeded('The shop') : failure);
  }
}

function failureFrom(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const status =
    error instanceof HttpException ? error.getStatus() : (error as { statusCode?: number }).statusCode;
  if (status === 400) return malformed('The request cannot be read.');
  if (status === 404) return notFound();
  if (status === 413) return bodyTooLarge(BODY_LIMIT);
  if (status === 415) return onlyJson();
  return internal(error);
}
