import { afterAll, beforeAll, it } from '@jest/globals';
import { expectAudits } from '../../../libs/graphql/test/audits.ts';
import { Bff } from '../../../libs/graphql/test/bff.ts';
import { BffMobileModule } from '../src/bff-mobile.module.ts';

let bff: Bff;
beforeAll(async () => {
  bff = await Bff.start(BffMobileModule);
});
afterAll(() => bff.stop());

it('the mobile API passes the audits of GraphQL over HTTP', () => expectAudits(`${bff.url}/graphql`));
