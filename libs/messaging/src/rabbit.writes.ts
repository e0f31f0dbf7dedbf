import type { ChannelModel } from 'amqplib';
import type { Socket } from 'node:net';
import { packWrites } from '@caravan/platform';

/** What amqplib keeps behind a connection. Its version is fixed in package.json, and a test knows when this is not so any more. */
interface Inside {
  readonly stream: Socket;
  readonly muxer: { pipeFrom(channel: { write: (frame: Buffer) => boolean }): void };
  sendMessage(...message: unknown[]): boolean;
}

export const socketOf = (connection: ChannelModel): Socket => inside(connection).stream;

/**
 * Puts what is published on the wire at once: the broker and the receiver begin with it while this process goes on. amqplib holds each frame
 * in a stream of its channel, then for a multiplexer, for two turns of the event loop. Acknowledgements and the like leave together at
 * the end of the turn: nobody waits for them.
 */
export function writeAtOnce(connection: ChannelModel): void {
  const inner = inside(connection);
  const send = packWrites(inner.stream);
  inner.muxer.pipeFrom = (channel) => {
    channel.write = (frame) => inner.stream.write(frame);
  };
  const sendMessage = inner.sendMessage.bind(inner);
  inner.sendMessage = (...message) => {
    const goOn = sendMessage(...message);
    send();
    return goOn;
  };
}

const inside = ({ connection }: ChannelModel): Inside => connection as unknown as Inside;
