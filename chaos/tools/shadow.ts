import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import { bindingsOf, connectTo, EXCHANGE, MARK, quietChannel, SERVICES } from './broker.ts';

const QUEUE = 'storm.shadow';

/** Hears every durable message on its way from the exchange, and can say it again, under the same ids, whenever it likes. */
export class Shadow {
  heard = 0;
  said = 0;
  private readonly connection: ChannelModel;
  private readonly channel: Channel;
  private readonly timers = new Set<NodeJS.Timeout>();
  private between = false;

  private constructor(connection: ChannelModel, channel: Channel) {
    this.connection = connection;
    this.channel = channel;
  }

  static async open(
    url: string,
    onMessage: (message: ConsumeMessage, shadow: Shadow) => void,
  ): Promise<Shadow> {
    const connection = await connectTo(url);
    const channel = await quietChannel(connection);
    const shadow = new Shadow(connection, channel);
    await channel.assertQueue(QUEUE, { durable: false, autoDelete: true, exclusive: true });
    await channel.bindQueue(QUEUE, EXCHANGE, '#');
    const hear = (message: ConsumeMessage | null): void => {
      if (!message || message.properties.headers?.[MARK] !== undefined) return;
      shadow.heard++;
      onMessage(message, shadow);
    };
    await channel.consume(QUEUE, hear, { noAck: true });
    return shadow;
  }

  /** Brings it (or another body) to whoever would hear it, after a while. */
  say(message: ConsumeMessage, afterMs = 0, body: Buffer = message.content): void {
    const { routingKey } = message.fields;
    const publish = (exchange: string, key: string): boolean =>
      this.channel.publish(exchange, key, body, {
        persistent: true,
        contentType: 'application/json',
        headers: { [MARK]: 1 },
      });
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.said++;
      if (this.between) for (const service of hearersOf(routingKey)) publish('', service);
      else publish(EXCHANGE, routingKey);
    }, afterMs);
    this.timers.add(timer);
  }

  /** From now on the services hear only what the shadow tells them. What it hears is kept from them, not from the outbox. */
  async standBetween(): Promise<void> {
    this.between = true;
    for (const service of SERVICES)
      for (const key of bindingsOf(service)) await this.channel.unbindQueue(service, EXCHANGE, key);
  }

  /** The services hear everything themselves again; what is still to be said goes the shadow's way. */
  async stepAside(): Promise<void> {
    for (const service of SERVICES)
      for (const key of bindingsOf(service)) await this.channel.bindQueue(service, EXCHANGE, key);
  }

  /** Says what is still to be said, then leaves. */
  async close(): Promise<void> {
    await this.channel.unbindQueue(QUEUE, EXCHANGE, '#');
    while (this.timers.size > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await this.channel.checkExchange(EXCHANGE);
    await this.connection.close();
  }
}

/** The services whose queues are bound to the key. */
function hearersOf(routingKey: string): string[] {
  return SERVICES.filter((service) =>
    bindingsOf(service).some((key) =>
      key.endsWith('*') ? routingKey.startsWith(key.slice(0, -1)) : key === routingKey,
    ),
  );
}
