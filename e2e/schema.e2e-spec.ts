import { describe, expect, it } from '@jest/globals';
import {
  buildClientSchema,
  DangerousChangeType,
  findBreakingChanges,
  findDangerousChanges,
  getIntrospectionQuery,
  type GraphQLSchema,
  type IntrospectionQuery,
} from 'graphql';
import { guest } from './client.ts';
import { type Api, contractOf } from './contract.ts';

async function served(api: Api): Promise<GraphQLSchema> {
  const query = getIntrospectionQuery();
  const client = guest();
  const data = await (api === 'web'
    ? client.web<IntrospectionQuery>(query)
    : client.mobile<IntrospectionQuery>(query));
  return buildClientSchema(data);
}

describe.each<Api>(['web', 'mobile'])('The schema served at /%s/graphql', (api) => {
  it('has everything the contract has, as the contract has it', async () => {
    const [contract, schema] = [contractOf(api), await served(api)];
    expect(findBreakingChanges(contract, schema)).toEqual([]);
    const defaults = findDangerousChanges(contract, schema).filter(
      ({ type }) => type === DangerousChangeType.ARG_DEFAULT_VALUE_CHANGE,
    );
    expect(defaults).toEqual([]);
  });

  it('takes nothing from clients that the contract does not have, prices above all', async () => {
    const [contract, schema] = [contractOf(api), await served(api)];
    const dangers = findDangerousChanges(contract, schema).map(({ type }) => type);
    expect(dangers).not.toContain(DangerousChangeType.OPTIONAL_INPUT_FIELD_ADDED);
    expect(dangers).not.toContain(DangerousChangeType.OPTIONAL_ARG_ADDED);
  });
});
