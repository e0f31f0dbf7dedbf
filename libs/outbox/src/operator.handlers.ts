import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { ConcludeActions, type DataOf, ListActions, RecordActions } from '@caravan/contracts';
import { OperatorActions } from './operator.actions.ts';
import { UnitOfWork } from './unit.of.work.ts';

/** Keeps the trail for tools that move messages on the broker, where the service itself has no part in it. */
@Controller()
export class OperatorHandlers {
  constructor(
    private readonly actions: OperatorActions,
    private readonly work: UnitOfWork,
  ) {}

  @MessagePattern(RecordActions.type)
  async record(@Payload() { actions }: DataOf<typeof RecordActions>) {
    const deeds = actions.map(({ content, ...action }) => ({
      ...action,
      outcome: action.action === 'redrive' ? ('begun' as const) : ('done' as const),
      content: content === null ? null : Buffer.from(content, 'base64'),
    }));
    return { ids: await this.work.run((tx) => this.actions.record(tx, deeds)) };
  }

  @MessagePattern(ConcludeActions.type)
  async conclude(@Payload() { ids }: DataOf<typeof ConcludeActions>) {
    await this.actions.conclude(ids);
    return {};
  }

  @MessagePattern(ListActions.type)
  async list(@Payload() wanted: DataOf<typeof ListActions>) {
    return { actions: await this.actions.list(wanted) };
  }
}
