import type { Fault } from '../fault.ts';

export const brokerFaults: Fault[] = [
  {
    name: 'broker-kill',
    title: 'kill -9 of RabbitMQ; it starts again with what it has on disk',
    async run({ processes, did }) {
      processes.kill('rabbitmq');
      did('kill -9 rabbitmq');
      await processes.allReady();
    },
  },
];
