import { Injectable } from '@nestjs/common';
import { GetSigningKeys, type ReplyOf, unavailable } from '@caravan/contracts';
import { MessageClient } from '@caravan/messaging';

type SigningKeys = ReplyOf<typeof GetSigningKeys>;

const FRESH_MS = 60_000;
const WITHIN_MS = 2_000;

/** The public keys of users; the last ones seen while users cannot be asked. */
@Injectable()
export class SigningKeysClient {
  private last: { keys: SigningKeys; at: number } | undefined;
  private asking: Promise<SigningKeys> | undefined;

  constructor(private readonly client: MessageClient) {}

  /** Asks users, one question at a time. @throws Failure when there is no answer */
  ask(): Promise<SigningKeys> {
    this.asking ??= this.client
      .ask(GetSigningKeys, {}, { within: WITHIN_MS, reads: true })
      .then((keys) => {
        if (keys.keys.length > 0) this.last = { keys, at: performance.now() };
        return keys;
      })
      .finally(() => {
        this.asking = undefined;
      });
    return this.asking;
  }

  /** Keys not older than a minute, or the last known. @throws Failure `caravan.unavailable` when there never were any */
  async current(): Promise<SigningKeys> {
    if (this.last !== undefined && performance.now() - this.last.at < FRESH_MS) return this.last.keys;
    try {
      return await this.ask();
    } catch (error) {
      if (this.last === undefined) throw unavailable('Signing in', error);
      this.last.at = performance.now();
      return this.last.keys;
    }
  }
}
