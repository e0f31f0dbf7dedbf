import {
  type DocumentNode,
  execute,
  type ExecutionArgs,
  type ExecutionResult,
  getVariableValues,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { CompiledOperation } from './compiled-operation.ts';

/**
 * Which operations are compiled. `known`: those of documents that come for the second time. `interpreted` and
 * `compiled`: none, or all from the first time; both paths answer the same, which tests compare.
 */
export type ExecutionMode = 'known' | 'interpreted' | 'compiled';

type Execution = Pick<ExecutionArgs, 'contextValue' | 'operationName' | 'variableValues'> & {
  readonly document: DocumentNode;
};

/** The compiled operations of documents. They live as long as their document, whose cache bounds them. */
export class CompiledDocuments {
  private readonly operations = new WeakMap<
    DocumentNode,
    Map<string | null, CompiledOperation | undefined>
  >();
  private readonly seen = new WeakSet<DocumentNode>();

  constructor(
    readonly schema: GraphQLSchema,
    private readonly mode: ExecutionMode = 'known',
  ) {}

  /**
   * The operation that a request means, compiled.
   * @returns undefined when there is none of this name, or several and no name
   */
  operation(document: DocumentNode, name: string | null | undefined): CompiledOperation | undefined {
    if (this.mode === 'interpreted') return undefined;
    const wanted = name ?? null;
    let ofDocument = this.operations.get(document);
    if (!ofDocument)
      this.operations.set(document, (ofDocument = new Map<string | null, CompiledOperation>()));
    const known = ofDocument.get(wanted);
    if (known) return known;
    const operation = operationOf(document, wanted);
    if (!operation) return undefined;
    const compiled = new CompiledOperation(this.schema, document, operation);
    ofDocument.set(wanted, compiled);
    return compiled;
  }

  /** Executes a valid document, compiled when it has been here before, by graphql-js else and when variables are refused. */
  execute({
    document,
    operationName,
    variableValues,
    contextValue,
  }: Execution): ExecutionResult | Promise<ExecutionResult> {
    const { schema } = this;
    const compiled = this.isKnown(document) ? this.operation(document, operationName) : undefined;
    const definitions = compiled?.operation.variableDefinitions ?? [];
    const coerced =
      compiled && getVariableValues(schema, definitions, variableValues ?? {}, { maxErrors: 0 }).coerced;
    return (
      (coerced && compiled.execute(coerced, contextValue)) ??
      execute({ schema, document, operationName, variableValues, contextValue })
    );
  }

  private isKnown(document: DocumentNode): boolean {
    if (this.mode === 'compiled' || this.seen.has(document)) return true;
    this.seen.add(document);
    return false;
  }
}

function operationOf(document: DocumentNode, name: string | null): OperationDefinitionNode | undefined {
  const operations = document.definitions.filter(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
  );
  if (name === null) return operations.length === 1 ? operations[0] : undefined;
  return operations.find((operation) => operation.name?.value === name);
}
