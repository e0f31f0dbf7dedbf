import type { IncomingMessage } from 'node:http';
import type { CallsService } from './calls.service.ts';
import { Form } from './form.ts';
import type { Ids } from './ids.ts';
import { parameters, route } from './operation.ts';
import { keyInvalid, keyMissing, keyTooLong, notForm, unknownUrl } from './processor.errors.ts';
import { refused, type Send } from './reply.ts';
import { API_VERSION } from './stripe.mapping.ts';

/** Stripe's API under `/v1/`: who asks, what for, under which key. */
export class ApiHandlers {
  /** `secretKey` undefined takes any key that looks like a secret one. */
  constructor(
    private readonly calls: CallsService,
    private readonly ids: Ids,
    private readonly secretKey?: string,
  ) {}

  handle(
    { method = 'GET', headers }: IncomingMessage,
    path: string,
    query: string,
    body: string,
    send: Send,
  ): void {
    const request = this.ids.next('req');
    const header = headers['idempotency-key'];
    const key = typeof header === 'string' && header !== '' && method === 'POST' ? header : undefined;
    const version = headers['stripe-version'];
    const own = [
      'Request-Id',
      request,
      'Stripe-Version',
      typeof version === 'string' ? version : API_VERSION,
    ];
    if (key !== undefined) own.push('Idempotency-Key', key);
    const sendNamed: Send = (reply) =>
      send({ ...reply, headers: reply.headers ? own.concat(reply.headers) : own });
    try {
      this.authenticate(headers.authorization);
      const changes = method === 'POST';
      const target = route(method, path);
      if (!target) throw unknownUrl(method, path);
      if (key !== undefined && key.length > 255) throw keyTooLong();
      if (
        changes &&
        body !== '' &&
        !headers['content-type']?.startsWith('application/x-www-form-urlencoded')
      ) {
        throw notForm();
      }
      const form = new Form(changes ? body : query).allow(parameters[target.operation]);
      const print = key === undefined ? '' : form.print(path);
      this.calls.take({ ...target, changes, form, key, print, request }, sendNamed);
    } catch (error) {
      sendNamed(refused(error));
    }
  }

  /** Bearer, or Basic with the key as the user, as Stripe takes them. */
  private authenticate(authorization: string | undefined): void {
    const [scheme, credentials = ''] = authorization?.split(' ') ?? [];
    const key =
      scheme?.toLowerCase() === 'basic'
        ? Buffer.from(credentials, 'base64').toString('utf8').split(':')[0]!
        : credentials;
    if (key === '') throw keyMissing();
    if (this.secretKey === undefined ? !/^[rs]k_\w{4,}$/.test(key) : key !== this.secretKey)
      throw keyInvalid(key);
  }
}
