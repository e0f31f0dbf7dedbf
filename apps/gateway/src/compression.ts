import { promisify } from 'node:util';
import { brotliCompress, brotliCompressSync, constants, gzip, gzipSync } from 'node:zlib';

/** Bytes; smaller answers fit into a packet or two as they are. */
const COMPRESSED_ABOVE = 1_024;
/** Bytes; a larger body is compressed beside the event loop, for which a smaller one is not worth the way. */
const INLINE_BELOW = 64 * 1_024;

/** What the gateway can do, best first. */
export const CODINGS = ['br', 'gzip'] as const;
export type Coding = (typeof CODINGS)[number];

const COMPRESSIBLE =
  /^(?:text\/|image\/svg\+xml|application\/(?:problem\+|graphql-response\+)?json|application\/javascript)/;

/** Whether an answer of this type and size in bytes is worth it. @param type the Content-Type */
export const isWorthCompressing = (type: unknown, size: number): boolean =>
  size > COMPRESSED_ABOVE && typeof type === 'string' && COMPRESSIBLE.test(type);

const gzipLater = promisify(gzip);
const brotliLater = promisify(brotliCompress);

/** Levels at which 6 kB cost 0.05 ms and shrink to a seventh; the next ones cost twice as much for a tenth less. */
export function compress(coding: Coding, body: Buffer): Buffer | Promise<Buffer> {
  const inline = body.length < INLINE_BELOW;
  if (coding === 'gzip') return (inline ? gzipSync : gzipLater)(body, { level: 1 });
  const params = { [constants.BROTLI_PARAM_QUALITY]: 3, [constants.BROTLI_PARAM_SIZE_HINT]: body.length };
  return (inline ? brotliCompressSync : brotliLater)(body, { params });
}
