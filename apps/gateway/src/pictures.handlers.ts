import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { GetPicture } from '@caravan/contracts';
import { MessageClient } from '@caravan/messaging';
import { runInContext } from '@caravan/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { notFound } from './gateway.errors.ts';

const FILE = /^([\w.-]{1,64})\.svg$/;
const KEPT = 500;

/** The products' pictures, at the address that `imageUrl` names. They never change, so each is asked for once. */
@Controller('images')
export class PicturesHandlers {
  private readonly kept = new Map<string, string>();

  constructor(private readonly client: MessageClient) {}

  @Get(':file')
  async picture(
    @Param('file') file: string,
    @Req() { edge }: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const sku = FILE.exec(file)?.[1];
    if (sku === undefined) throw notFound();
    const svg = this.kept.get(sku) ?? (await runInContext(edge.context, () => this.fetch(sku)));
    void reply
      .headers({
        'content-type': 'image/svg+xml; charset=utf-8',
        'cache-control': 'public, max-age=86400, immutable',
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      })
      .send(svg);
  }

  private async fetch(sku: string): Promise<string> {
    const { svg } = await this.client.ask(GetPicture, { sku }, { reads: true });
    if (this.kept.size < KEPT) this.kept.set(sku, svg);
    return svg;
  }
}
