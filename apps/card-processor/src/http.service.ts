import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { ApiHandlers } from './api.handlers.ts';
import { isForeignPage, isOwnHost } from './door.ts';
import { outage, tooLarge } from './processor.errors.ts';
import { failed, problem, refused, type Reply } from './reply.ts';
import type { SandboxHandlers } from './sandbox.handlers.ts';

const MAX_BODY = 65_536;
/** Longer than any client keeps an idle connection, so that none is cut under a request on its way. */
const KEEP_ALIVE_MS = 75_000;
const HOLD_MS = 120_000;
const DRIP_MS = 500;

export interface HttpOptions {
  /** Runs its argument once all that happened so far is written. */
  readonly whenWritten: (done: () => void) => void;
  /** `STRIPE_API_BASE`, if this process was told. */
  readonly apiBase: string | undefined;
  /** Which start of this process answers: said in X-Instance-Id. */
  readonly instance?: string;
  readonly log: Logger;
}

/** The door: reads a request to its end, hands it on, writes the answer in one packet, or as badly as asked. */
export function createHttp(
  api: ApiHandlers,
  sandbox: SandboxHandlers,
  { whenWritten, apiBase, instance, log }: HttpOptions,
): Server {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    if (instance !== undefined) response.setHeader('X-Instance-Id', instance);
    readBody(request, (body) => {
      const send = (reply: Reply): void => deliver(response, reply);
      try {
        if (body === null) {
          send(refused(tooLarge()));
          return;
        }
        const { method = 'GET', url = '/', headers } = request;
        if (!isOwnHost(headers.host, request.socket.localPort ?? 0, apiBase)) {
          send(problem(421, `The sandbox is not ${headers.host ?? 'a host without a name'}.`));
          return;
        }
        const mark = url.indexOf('?');
        const path = mark < 0 ? url : url.slice(0, mark);
        const query = mark < 0 ? '' : url.slice(mark + 1);
        if (path.startsWith('/v1/')) api.handle(request, path, query, body, send);
        else if (isForeignPage(method, headers)) {
          send(
            problem(403, 'Pages of other sites, and pages without application/json, change nothing here.'),
          );
        } else {
          const reply = sandbox.handle(method, path, query, body);
          whenWritten(() => send(reply));
        }
      } catch (error) {
        log.error({ err: error }, 'request failed');
        send(failed(outage(500)));
      }
    });
  });
  // Whatever state a connection is in, its reset must not end the process.
  server.on('connection', (socket) => socket.on('error', () => undefined));
  return server;
}

/** Calls `done` once, with null for a body that is too large. */
function readBody(request: IncomingMessage, done: (body: string | null) => void): void {
  if (request.method === 'GET') {
    request.resume();
    done('');
    return;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MAX_BODY) chunks.push(chunk);
  });
  request.on('end', () => done(size > MAX_BODY ? null : Buffer.concat(chunks).toString()));
}

function deliver(response: ServerResponse, reply: Reply): void {
  const { status, body, headers = [], manner } = reply;
  const { kind, delayMs } = manner ?? {};
  if (response.destroyed) return;
  if (kind === 'lost') {
    hold(response, delayMs ?? HOLD_MS);
    return;
  }
  if (kind === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  const text = kind === 'garbage' ? `<html>${body.slice(0, body.length / 2)}` : body;
  const length = String(Buffer.byteLength(text));
  response.writeHead(status, ['Content-Type', 'application/json', 'Content-Length', length, ...headers]);
  if (kind === 'drip') drip(response, Buffer.from(text), delayMs ?? DRIP_MS);
  else response.end(text);
}

/** The answer never arrives: the connection stays open, and ends without a word. */
function hold(response: ServerResponse, ms: number): void {
  const timer = setTimeout(() => response.destroy(), ms).unref();
  response.on('close', () => clearTimeout(timer));
}

/** The answer in small pieces, so slow that only a deadline on the whole call ends it in time. */
function drip(response: ServerResponse, bytes: Buffer, everyMs: number): void {
  const piece = Math.ceil(bytes.length / 100);
  let sent = 0;
  const timer = setInterval(() => {
    response.write(bytes.subarray(sent, sent + piece));
    sent += piece;
    if (sent < bytes.length) return;
    clearInterval(timer);
    response.end();
  }, everyMs).unref();
  response.on('close', () => clearInterval(timer));
}
