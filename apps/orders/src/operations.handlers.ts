import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { type DataOf, ListSagas, ReplaySagas, RetrySaga, RollBackOrder, ShowSagas } from '@caravan/contracts';
import { HistoriesService } from './histories.service.ts';
import { OperationsService } from './operations.service.ts';

@Controller()
export class OperationsHandlers {
  constructor(
    private readonly operations: OperationsService,
    private readonly histories: HistoriesService,
  ) {}

  @MessagePattern(RetrySaga.type)
  retry(@Payload() operation: DataOf<typeof RetrySaga>) {
    return this.operations.retry(operation);
  }

  @MessagePattern(RollBackOrder.type)
  rollBack(@Payload() operation: DataOf<typeof RollBackOrder>) {
    return this.operations.rollBack(operation);
  }

  @MessagePattern(ListSagas.type)
  list(@Payload() wanted: DataOf<typeof ListSagas>) {
    return this.histories.listSagas(wanted);
  }

  @MessagePattern(ShowSagas.type)
  async show(@Payload() { order }: DataOf<typeof ShowSagas>) {
    return { history: await this.histories.of(order) };
  }

  @MessagePattern(ReplaySagas.type)
  async replay(@Payload() { order }: DataOf<typeof ReplaySagas>) {
    return { replay: await this.histories.replay(order) };
  }
}
