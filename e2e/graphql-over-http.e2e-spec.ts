import { it } from '@jest/globals';
import { expectAudits } from '../libs/graphql/test/audits.ts';
import { theSystem } from './system.ts';

it.each(['web', 'mobile'])('through the gateway, the %s API passes the audits of GraphQL over HTTP', (api) =>
  expectAudits(`${theSystem().gatewayUrl}/${api}/graphql`),
);
