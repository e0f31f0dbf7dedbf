import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { Failure, GetPicture, InventoryFailure } from '@caravan/contracts';
import { MessageClient } from '@caravan/messaging';
import { runInContext } from '@caravan/platform';
import type { Edge } from './edge.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { notFound } from './gateway.errors.ts';
import { LimitsService } from './limits.service.ts';

const FILE = /^([\w.-]{1,64})\.svg$/;
const ABSENT: ReadonlySet<string> = new Set([notFound().code, InventoryFailure.unknownSku]);
const KEPT = 500;
const MISSING = 2_000;
/** After this inventory is asked again: a product may have come meanwhile. */
const MISSING_MS = 60_000;

/** The products' pictures, at the address that `imageUrl` names. They never change, so each is asked for once. */
@Controller('images')
export class PicturesHandlers {
  private readonly kept = new Map<string, string>();
  /** Names without a picture, and until when that is believed, by the monotonic clock. */
  private readonly missing = new Map<string, number>();

  constructor(
    private readonly client: MessageClient,
    private readonly limits: LimitsService,
  ) {}

  @Get(':file')
  async picture(
    @Param('file') file: string,
    @Req() { edge }: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const sku = FILE.exec(file)?.[1];
    const svg = (sku && this.kept.get(sku)) ?? (await this.find(sku, edge));
    void reply
      .headers({
        'content-type': 'image/svg+xml; charset=utf-8',
        'cache-control': 'public, max-age=86400, immutable',
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      })
      .send(svg);
  }

  /** A picture that is not there counts as an unknown path. @throws Failure 404, 429 */
  private async find(sku: string | undefined, { client, context }: Edge): Promise<string> {
    const limited = this.limits.unknownPaths.refusal(client);
    if (limited !== undefined) throw limited;
    try {
      if (sku === undefined || (this.missing.get(sku) ?? 0) > performance.now()) throw notFound();
      return await runInContext(context, () => this.fetch(sku));
    } catch (error) {
      if (error instanceof Failure && ABSENT.has(error.code)) {
        throw (await this.limits.unknownPaths.take(client)) ?? error;
      }
      throw error;
    }
  }

  private async fetch(sku: string): Promise<string> {
    try {
      const { svg } = await this.client.ask(GetPicture, { sku }, { reads: true });
      if (this.kept.size < KEPT) this.kept.set(sku, svg);
      return svg;
    } catch (error) {
      if (error instanceof Failure && error.code === InventoryFailure.unknownSku) this.rememberMissing(sku);
      throw error;
    }
  }

  private rememberMissing(sku: string): void {
    if (this.missing.size >= MISSING) this.missing.clear();
    this.missing.set(sku, performance.now() + MISSING_MS);
  }
}
