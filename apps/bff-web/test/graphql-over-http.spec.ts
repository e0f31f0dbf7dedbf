import { afterAll, beforeAll, it } from '@jest/globals';
import { expectAudits } from '../../../libs/graphql/test/audits.ts';
import { Bff } from '../../../libs/graphql/test/bff.ts';
import { BffWebModule } from '../src/bff-web.module.ts';

let bff: Bff;
beforeAll(async () => {
  bff = await Bff.start(BffWebModule);
});
afterAll(() => bff.stop());

it('the web API passes the audits of GraphQL over HTTP', () => expectAudits(`${bff.url}/graphql`));
