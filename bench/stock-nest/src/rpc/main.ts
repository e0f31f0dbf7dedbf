import 'reflect-metadata';
import {
  type CallHandler,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Injectable,
  Module,
  type NestInterceptor,
  type PipeTransform,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, type MicroserviceOptions, Payload, RpcException } from '@nestjs/microservices';
import { type Observable, tap } from 'rxjs';
import { rmq } from '../setup.ts';

interface Order {
  customerId: string;
  lines: unknown[];
}

@Injectable()
class KnownCustomer implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return context.switchToRpc().getData<Order>().customerId.length === 36;
  }
}

@Injectable()
class NotEmpty implements PipeTransform<Order> {
  transform(order: Order): Order {
    if (order.lines.length === 0) throw new RpcException('an order has lines');
    return order;
  }
}

@Injectable()
class Counted implements NestInterceptor {
  answered = 0;

  intercept(_: ExecutionContext, next: CallHandler<Order>): Observable<Order> {
    return next.handle().pipe(tap(() => this.answered++));
  }
}

@Controller()
class Handlers {
  @MessagePattern('users.echo')
  @UseGuards(KnownCustomer)
  @UseInterceptors(Counted)
  echo(@Payload(NotEmpty) order: Order): Order {
    return order;
  }
}

@Module({ controllers: [Handlers] })
class EchoModule {}

const app = await NestFactory.createMicroservice<MicroserviceOptions>(EchoModule, rmq('echo'));
await app.listen();
process.send?.({ ready: true });
