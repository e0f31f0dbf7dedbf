import { ClientProxyFactory } from '@nestjs/microservices';
import { firstValueFrom } from 'rxjs';
import { rmq } from '../setup.ts';

const client = ClientProxyFactory.create(rmq('echo'));
await client.connect();

export const ask = (order: object): Promise<unknown> => firstValueFrom(client.send('users.echo', order));
