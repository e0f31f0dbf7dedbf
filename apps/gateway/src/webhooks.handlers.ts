import { isUtf8 } from 'node:buffer';
import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ReceiveWebhook } from '@caravan/contracts';
import { MessageClient } from '@caravan/messaging';
import { runInContext } from '@caravan/platform';
import type { FastifyRequest } from 'fastify';
import { malformed } from './gateway.errors.ts';

@Controller('v1/webhooks')
export class WebhooksHandlers {
  constructor(private readonly client: MessageClient) {}

  /** The signature covers the bytes as they came; nobody but payments reads them. */
  @Post('payments')
  @HttpCode(200)
  async payments(
    @Req() { body, headers, edge }: FastifyRequest<{ Body: Buffer | undefined }>,
  ): Promise<object> {
    if (body === undefined || body.length === 0 || !isUtf8(body))
      throw malformed('The body is empty or not UTF-8.');
    const signature = String(headers['stripe-signature'] ?? '').slice(0, 2048);
    const data = { payload: body.toString('utf8'), signature };
    await runInContext(edge.context, () => this.client.ask(ReceiveWebhook, data));
    return { received: true };
  }
}
