import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Lifecycle } from './lifecycle.ts';
import { type CommonEnv, ENV } from './service.env.ts';

/** Injection token of the service's own name. */
export const SERVICE_NAME = Symbol('SERVICE_NAME');

/** What every provider of a service may ask for: its environment, its name, its lifecycle. */
@Global()
@Module({})
export class PlatformModule {
  static for(service: string, env: CommonEnv, lifecycle: Lifecycle): DynamicModule {
    const providers = [
      { provide: ENV, useValue: env },
      { provide: SERVICE_NAME, useValue: service },
      { provide: Lifecycle, useValue: lifecycle },
    ];
    return { module: PlatformModule, providers, exports: [ENV, SERVICE_NAME, Lifecycle] };
  }
}
