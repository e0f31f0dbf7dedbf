import { promisify, types } from 'node:util';
import { brotliCompress, brotliCompressSync, constants, gzip, gzipSync } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { preferredEncoding } from '@caravan/platform';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { varyBy } from './vary.ts';

/** Bytes; smaller answers fit into a packet or two as they are. */
const COMPRESSED_ABOVE = 1_024;
/** Bytes; a larger body is compressed beside the event loop, for which a smaller one is not worth the way. */
const INLINE_BELOW = 64 * 1_024;

/** What the gateway can do, best first. */
const CODINGS = ['br', 'gzip'] as const;
type Coding = (typeof CODINGS)[number];

const COMPRESSIBLE =
  /^(?:text\/|image\/svg\+xml|application\/(?:problem\+|graphql-response\+)?json|application\/javascript)/;

/** Whether an answer of this type and size in bytes is worth it. @param type the Content-Type */
const isWorthCompressing = (type: unknown, size: number): boolean =>
  size > COMPRESSED_ABOVE && typeof type === 'string' && COMPRESSIBLE.test(type);

const gzipLater = promisify(gzip);
const brotliLater = promisify(brotliCompress);

/** Levels at which 6 kB cost 0.05 ms and shrink to a seventh; the next ones cost twice as much for a tenth less. */
function compress(coding: Coding, body: Buffer): Buffer | Promise<Buffer> {
  const inline = body.length < INLINE_BELOW;
  if (coding === 'gzip') return (inline ? gzipSync : gzipLater)(body, { level: 1 });
  const params = { [constants.BROTLI_PARAM_QUALITY]: 3, [constants.BROTLI_PARAM_SIZE_HINT]: body.length };
  return (inline ? brotliCompressSync : brotliLater)(body, { params });
}

/**
 * Compresses answers over 1 kB. Not those of /v1/auth, which hold tokens beside what the request says (BREACH). The
 * APIs' answers hold no secret that a page of another origin could make a browser ask for: no cookie signs requests in.
 */
@Injectable()
export class CompressionService {
  guard(fastify: FastifyInstance): void {
    fastify.addHook('onSend', (request, reply, payload, done) => {
      const body = this.compressed(request, reply, payload);
      if (!types.isPromise(body)) return done(null, body);
      void body.then((whole) => done(null, whole), done);
    });
  }

  private compressed(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
    if (reply.statusCode === 304) varyByEncoding(reply);
    if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return payload;
    const size = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length;
    if (!isWorthCompressing(reply.getHeader('content-type'), size) || isExcluded(request, reply))
      return payload;
    varyByEncoding(reply);
    const coding = preferredEncoding(request.raw.headers['accept-encoding'] as string | undefined, CODINGS);
    if (coding === undefined || request.method === 'HEAD') return payload;
    const etag = reply.getHeader('etag');
    // The compressed answer is another one byte for byte, the same in what it says.
    if (typeof etag === 'string' && !etag.startsWith('W/')) void reply.header('etag', `W/${etag}`);
    void reply.header('content-encoding', coding).removeHeader('content-length');
    return compress(coding, Buffer.isBuffer(payload) ? payload : Buffer.from(payload));
  }
}

function varyByEncoding(reply: FastifyReply): void {
  void reply.header('vary', varyBy(reply.getHeader('vary') as string | undefined, 'Accept-Encoding'));
}

function isExcluded({ edge, raw }: FastifyRequest, reply: FastifyReply): boolean {
  const path = edge.route ?? raw.url!;
  if (path.startsWith('/v1/auth/') || reply.hasHeader('content-encoding')) return true;
  return String(reply.getHeader('cache-control') ?? '').includes('no-transform');
}
