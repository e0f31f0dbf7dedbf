import { connect } from 'node:net';

/** When a client resets its connection: in the tick of its last byte, in the next one, or at the first byte of an answer. */
export type ResetMoment = 'at once' | 'soon' | 'answered';

export interface ResetState {
  readonly bytes: string | Buffer;
  readonly moments: readonly ResetMoment[];
}

const GRAPHQL = 'POST /web/graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
const QUERY = '{"query":"{ products { totalCount } }"}';
const upgrade = (protocol: string, more: string) =>
  `GET /web/graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n${more}\r\n`;
const WEBSOCKET = upgrade(
  'websocket',
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n',
);
const H2C = upgrade('h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__\r\n');
const TLS_HELLO = Buffer.concat([Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]), Buffer.alloc(505, 7)]);

const EARLY: readonly ResetMoment[] = ['at once', 'soon'];
const ALL: readonly ResetMoment[] = ['at once', 'soon', 'answered'];

/** Every state of a request in which a client can reset its connection. */
export const RESET_STATES: Readonly<Record<string, ResetState>> = {
  'after the connect': { bytes: '', moments: EARLY },
  'within the request line': { bytes: 'GET /web/gr', moments: EARLY },
  'within the head': { bytes: 'POST /web/graphql HTTP/1.1\r\nHost: x\r\nX-A: 1', moments: EARLY },
  'after the head': { bytes: `${GRAPHQL}Content-Length: ${QUERY.length}\r\n\r\n`, moments: EARLY },
  'within the body': { bytes: `${GRAPHQL}Content-Length: ${QUERY.length}\r\n\r\n{"que`, moments: EARLY },
  'within a chunk': { bytes: `${GRAPHQL}Transfer-Encoding: chunked\r\n\r\n40\r\n{"que`, moments: EARLY },
  'after the body': { bytes: `${GRAPHQL}Content-Length: ${QUERY.length}\r\n\r\n${QUERY}`, moments: ALL },
  'after a GET': { bytes: 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n', moments: ALL },
  'after metrics': { bytes: 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n', moments: ALL },
  pipelined: { bytes: 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(20), moments: ALL },
  'after CONNECT': { bytes: 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n', moments: ALL },
  'after CONNECT and more': {
    bytes: `CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n${'x'.repeat(9_000)}`,
    moments: ALL,
  },
  'after an upgrade to WebSocket': { bytes: WEBSOCKET, moments: ALL },
  'after an upgrade and a frame': { bytes: `${WEBSOCKET}\x81\x05hello`, moments: ALL },
  'after an upgrade to h2c': { bytes: H2C, moments: ALL },
  'after the preface of HTTP/2': {
    bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0',
    moments: ALL,
  },
  'after a TLS hello': { bytes: TLS_HELLO, moments: ALL },
  'after Expect: 100-continue': {
    bytes: `${GRAPHQL}Expect: 100-continue\r\nContent-Length: 9\r\n\r\n`,
    moments: ALL,
  },
  'after another Expect': { bytes: 'GET / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n', moments: ALL },
  'after what is not HTTP': { bytes: 'hello\r\n\r\n', moments: ALL },
  'after a bare line feed': { bytes: 'GET / HTTP/1.1\nHost: x\n\n', moments: ALL },
  'after a length twice': {
    bytes: `${GRAPHQL}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`,
    moments: ALL,
  },
  'after a head that is too large': { bytes: `GET / HTTP/1.1\r\nX-A: ${'a'.repeat(40_000)}`, moments: ALL },
  'within a body that is too large': {
    bytes: `${GRAPHQL}Content-Length: 9000000\r\n\r\n${' '.repeat(70_000)}`,
    moments: ALL,
  },
  'after TRACE': { bytes: 'TRACE / HTTP/1.1\r\nHost: x\r\n\r\n', moments: ALL },
  'after a bad escape': { bytes: 'GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n', moments: ALL },
};

/** Everything above, one entry for each moment: `[name, bytes, moment]`. */
export const RESETS = Object.entries(RESET_STATES).flatMap(([name, { bytes, moments }]) =>
  moments.map((moment) => [`${name}, ${moment}`, bytes, moment] as const),
);

/** Connects, sends the bytes and resets the connection at that moment. Ends when the connection is gone. */
export function resetConnection(port: number, bytes: string | Buffer, moment: ResetMoment): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const reset = () => void socket.resetAndDestroy();
    socket.on('error', () => undefined).once('close', () => resolve());
    socket.setTimeout(2_000, reset);
    socket.once('connect', () => {
      if (bytes.length > 0) socket.write(bytes);
      if (moment === 'at once') reset();
      else if (moment === 'soon') setImmediate(reset);
      else socket.once('data', reset).once('end', reset);
    });
  });
}
