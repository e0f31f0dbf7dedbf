import { Controller, type DynamicModule, Get, Header, Inject, Module } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService, TerminusModule } from '@nestjs/terminus';
import type { HealthCheckResult, HealthIndicatorResult } from '@nestjs/terminus';
import { collectDefaultMetrics, register } from 'prom-client';
import { FaultPointsHandlers } from './fault-points.handlers.ts';
import { Lifecycle } from './lifecycle.ts';

const PROBE_TIMEOUT_MS = 2_000;

@Controller('health')
class HealthController {
  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(HealthIndicatorService) private readonly indicators: HealthIndicatorService,
    @Inject(Lifecycle) private readonly lifecycle: Lifecycle,
  ) {}

  /** That this answers is the proof: the event loop turns. Nothing else may make an orchestrator kill the process. */
  @Get('live')
  live(): Promise<HealthCheckResult> {
    return this.health.check([() => this.indicators.check('event-loop').up()]);
  }

  @Get('ready')
  ready(): Promise<HealthCheckResult> {
    const probes = [...this.lifecycle.probes].map(
      ([name, probe]) =>
        () =>
          this.run(name, probe),
    );
    return this.health.check([() => this.service(), ...probes]);
  }

  @Get('startup')
  startup(): Promise<HealthCheckResult> {
    const check = this.indicators.check('startup');
    return this.health.check([() => (this.lifecycle.started ? check.up() : check.down('still starting'))]);
  }

  private service(): HealthIndicatorResult {
    const check = this.indicators.check('service');
    if (this.lifecycle.draining) return check.down('draining');
    return this.lifecycle.started ? check.up() : check.down('still starting');
  }

  private async run(name: string, probe: () => void | Promise<void>): Promise<HealthIndicatorResult> {
    const check = this.indicators.check(name);
    let timer: NodeJS.Timeout | undefined;
    const timeUp = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`no answer within ${PROBE_TIMEOUT_MS} ms`)),
        PROBE_TIMEOUT_MS,
      );
    });
    try {
      await Promise.race([probe(), timeUp]);
      return check.up();
    } catch (error) {
      return check.down(error instanceof Error ? error.message : String(error));
    } finally {
      clearTimeout(timer);
    }
  }
}

@Controller('metrics')
class MetricsController {
  @Get()
  @Header('content-type', register.contentType)
  metrics(): Promise<string> {
    return register.metrics();
  }
}

/** How long the event loop was late is asked four times a second; prom-client's own hundred times cost a quiet service most of its CPU. */
const METRICS = { eventLoopMonitoringPrecision: 250 };

/** The port that only the orchestrator and Prometheus talk to. */
@Module({})
export class ManagementModule {
  static for(service: string, lifecycle: Lifecycle, faultPoints = false): DynamicModule {
    register.setDefaultLabels({ service });
    if (!register.getSingleMetric('process_cpu_user_seconds_total')) collectDefaultMetrics(METRICS);
    return {
      module: ManagementModule,
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [HealthController, MetricsController, ...(faultPoints ? [FaultPointsHandlers] : [])],
      providers: [{ provide: Lifecycle, useValue: lifecycle }],
    };
  }
}
