import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Gauge, Histogram, register } from 'prom-client';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const duration = () =>
  (register.getSingleMetric('http_server_request_duration_seconds') as Histogram | undefined) ??
  new Histogram({
    name: 'http_server_request_duration_seconds',
    help: 'Time from the request head to the end of the answer',
    labelNames: ['route', 'status'],
    buckets: SECONDS,
  });

const active = () =>
  (register.getSingleMetric('http_server_active_requests') as Gauge | undefined) ??
  new Gauge({ name: 'http_server_active_requests', help: 'Requests being answered' });

/** Counts what is going on, for the shedding of load and for Prometheus. */
@Injectable()
export class RequestMetricsService {
  inFlight = 0;
  private readonly duration = duration();
  private readonly active = active();

  begin(): void {
    this.active.set(++this.inFlight);
  }

  /** @param route its pattern; undefined for an unknown path */
  end(route: string | undefined, reply: FastifyReply): void {
    this.active.set(--this.inFlight);
    this.duration.observe({ route: route ?? 'unknown', status: reply.statusCode }, reply.elapsedTime / 1000);
  }
}
