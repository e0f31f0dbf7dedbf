import { HeaderMap, type HTTPGraphQLRequest, type HTTPGraphQLResponse } from '@apollo/server';
import { getVariableValues, OperationTypeNode } from 'graphql';
import type { DocumentCache } from './document-cache.ts';
import type { CompiledDocuments } from './execution/compiled-documents.ts';
import { costOfCoerced, MAX_COST } from './operation-cost.ts';
import type { RequestContext } from './request-context.ts';

export type Asked = Pick<HTTPGraphQLRequest, 'method' | 'search' | 'body'>;

interface PlainRequest {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * Answers requests whose document is known and whose answer has no errors, which is nearly all of them, without Apollo's
 * pipeline. Everything else is Apollo's: new documents, persisted queries, refused requests and variables, errors.
 */
export class DirectAnswers {
  constructor(
    private readonly documents: DocumentCache,
    private readonly compiled: CompiledDocuments,
  ) {}

  /**
   * @param type the answer's media type
   * @returns undefined for what Apollo is to answer; when the operation was executed already, `context.executed` says so
   */
  async answer(
    asked: Asked,
    type: string,
    context: RequestContext,
  ): Promise<HTTPGraphQLResponse | undefined> {
    const request = asked.method === 'GET' ? plainSearch(asked.search) : plainBody(asked.body);
    const document = request && this.documents.ofText(request.query);
    const compiled = document && this.compiled.operation(document, request.operationName);
    if (!compiled) return undefined;
    const { operation } = compiled;
    if (asked.method === 'GET' && operation.operation !== OperationTypeNode.QUERY) return undefined;
    const { schema } = this.compiled;
    const definitions = operation.variableDefinitions ?? [];
    const { coerced } = getVariableValues(schema, definitions, request.variables, { maxErrors: 0 });
    if (!coerced || costOfCoerced(schema, document, operation, coerced) > MAX_COST) return undefined;
    const result = await compiled.execute(coerced, context);
    if (!result) return undefined;
    if (result.errors || context.missing.length > 0 || (await context.hasExpiredToken())) {
      context.executed = result;
      return undefined;
    }
    const string = `${JSON.stringify({ data: result.data })}\n`;
    return {
      headers: new HeaderMap([['content-type', `${type}; charset=utf-8`]]),
      body: { kind: 'complete', string },
    };
  }
}

/** A POST's body, unless there is anything in it to refuse or to look up. */
function plainBody(body: unknown): PlainRequest | undefined {
  if (!isRecord(body)) return undefined;
  const { query, operationName, variables, extensions } = body;
  if (typeof query !== 'string' || (extensions != null && !isRecord(extensions))) return undefined;
  if (extensions?.['persistedQuery'] || (operationName != null && typeof operationName !== 'string'))
    return undefined;
  if (variables != null && !isRecord(variables)) return undefined;
  return { query, operationName: operationName ?? undefined, variables: variables ?? {} };
}

/** The same of a GET. */
function plainSearch(search: string): PlainRequest | undefined {
  const parameters = new URLSearchParams(search);
  const [query, ...more] = parameters.getAll('query');
  const [operationName, ...names] = parameters.getAll('operationName');
  const [variables = '{}', ...others] = parameters.getAll('variables');
  if (query === undefined || more.length + names.length + others.length > 0) return undefined;
  if (parameters.has('extensions')) return undefined;
  try {
    const parsed: unknown = JSON.parse(variables);
    return isRecord(parsed) ? { query, operationName, variables: parsed } : undefined;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
