import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { type DeadLetter, type DeadLetterBox, MESSAGE_TRANSPORT, type Transport } from '@caravan/messaging';
import { storable } from '@caravan/platform';
import { UnitOfWork } from './unit.of.work.ts';

const KEEP = `
  INSERT INTO dead_letter (message_id, type, body, reason, attempts) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (message_id) DO UPDATE SET reason = excluded.reason, attempts = excluded.attempts, died_at = now()`;

/** The dead letters of a service that has no broker to keep them: in its own database. */
@Injectable()
export class DeadLetters implements DeadLetterBox, OnModuleInit {
  constructor(
    private readonly work: UnitOfWork,
    @Inject(MESSAGE_TRANSPORT) private readonly transport: Transport,
  ) {}

  onModuleInit(): void {
    this.transport.keepDeadLettersIn?.(this);
  }

  async keep({ id, type, body, reason, attempts }: DeadLetter): Promise<void> {
    await this.work.run((tx) =>
      tx.query(KEEP, [id, storable(type, 200), body, storable(reason, 2_000), attempts]),
    );
  }
}
