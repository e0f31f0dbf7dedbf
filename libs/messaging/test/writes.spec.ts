import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib';
import { startTestService, type TestService } from '@caravan/testing';
import { socketOf, writeAtOnce } from '../src/rabbit.writes.ts';
import { HearingModule, hearingEnv } from './fixture.ts';

let test: TestService;
let connection: ChannelModel;
let channel: ConfirmChannel;

beforeAll(async () => {
  test = await startTestService(HearingModule, hearingEnv);
  connection = await connect(test.brokerUrl);
  writeAtOnce(connection);
  channel = await connection.createConfirmChannel();
});
afterAll(async () => {
  await connection?.close();
  await test?.stop();
});

/** Small enough for one frame with its head; too large for that; too large for one frame. */
const SIZES = [100, 10_000, 300_000];

describe('what is published', () => {
  it.each(SIZES)('is on the wire before the turn of the event loop is over, %d bytes', (size) => {
    const socket = socketOf(connection);
    const before = socket.bytesWritten;
    channel.publish('', 'nobody', Buffer.alloc(size));
    expect(socket.bytesWritten - before).toBeGreaterThan(size);
    expect(socket.writableCorked).toBe(0);
  });

  it('arrives as it was sent, in order, also behind what leaves later', async () => {
    const { queue } = await channel.assertQueue('', { exclusive: true });
    for (const size of SIZES) {
      channel.publish('', queue, Buffer.alloc(size, size));
      channel.nackAll(false);
    }
    await channel.waitForConfirms();
    for (const size of SIZES) {
      const message = await channel.get(queue, { noAck: true });
      expect(message && message.content.equals(Buffer.alloc(size, size))).toBe(true);
    }
  });
});
