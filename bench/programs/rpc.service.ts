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
import { MessagePattern, Payload } from '@nestjs/microservices';
import { type DataOf, invalid } from '@caravan/contracts';
import { MessagingModule } from '@caravan/messaging';
import { serviceEnv, startService } from '@caravan/platform';
import { type Observable, tap } from 'rxjs';
import { z } from 'zod';
import { Echo, EchoUnseen } from './echo.contract.ts';

type Order = DataOf<typeof Echo>;

/** The same three as in bench/stock-nest/src/rpc/main.ts. */
@Injectable()
class KnownCustomer implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return context.switchToRpc().getData<Order>().customerId.length === 36;
  }
}

@Injectable()
class NotEmpty implements PipeTransform<Order> {
  transform(order: Order): Order {
    if (order.lines.length === 0) throw invalid('an order has lines');
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
  @MessagePattern(Echo.type)
  @UseGuards(KnownCustomer)
  @UseInterceptors(Counted)
  echo(@Payload(NotEmpty) order: Order): Order {
    return order;
  }

  @MessagePattern(EchoUnseen.type)
  @UseGuards(KnownCustomer)
  @UseInterceptors(Counted)
  echoUnseen(@Payload(NotEmpty) order: Order): Order {
    return order;
  }
}

@Module({ imports: [MessagingModule.forService('users')], controllers: [Handlers] })
class EchoModule {}

await startService(EchoModule, serviceEnv('users', { RABBITMQ_URL: z.url() }));
process.send?.({ ready: true });
