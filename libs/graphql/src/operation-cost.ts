import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  getNamedType,
  getNullableType,
  getVariableValues,
  GraphQLError,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type InlineFragmentNode,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { MAX_PAGE, wishedPage } from './cursor.ts';

/** Objects that one operation may make the server build. Two full pages of whole orders are beyond it, one is not. */
export const MAX_COST = 5_000;
/** What a list without a page size is taken for: the lines of an order, its timeline. */
const USUAL_LIST = 5;

/** Cost as a sum: what is fixed, and what grows with a page size that comes in a variable. */
interface Plan {
  fixed: number;
  pages: { variable: string; /** The argument's default. */ fallback: number; factor: number; plan: Plan }[];
}

type PageSize = number | { variable: string; fallback: number };

type Values = Readonly<Record<string, unknown>>;

const plans = new WeakMap<OperationDefinitionNode, Plan>();

/**
 * The number of objects that the operation asks for at most. Its plan is made once a document; only page sizes in
 * variables are looked at each time, as coerced, which is what resolvers get: `null` is not a variable's default.
 * Variables that cannot be coerced cost nothing, because such an operation is not executed.
 */
export function costOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Values,
): number {
  const plan = planOf(schema, document, operation);
  if (plan.pages.length === 0) return plan.fixed;
  const definitions = operation.variableDefinitions ?? [];
  const { coerced } = getVariableValues(schema, definitions, variables, { maxErrors: 0 });
  return coerced ? evaluate(plan, coerced) : 0;
}

/** The same for variables that are coerced already. */
export const costOfCoerced = (
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  coerced: Values,
): number => evaluate(planOf(schema, document, operation), coerced);

function planOf(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): Plan {
  let plan = plans.get(operation);
  if (!plan) {
    const root = schema.getRootType(operation.operation);
    plan = root ? new Planner(schema, document).selection(operation.selectionSet, root, 1) : NOTHING;
    plans.set(operation, plan);
  }
  return plan;
}

/** @throws GraphQLError (400) when the operation costs more than `max` */
export function refuseCostly(cost: number, max = MAX_COST): void {
  if (cost <= max) return;
  throw new GraphQLError(`The operation asks for up to ${Math.round(cost)} objects, ${max} are the limit.`, {
    extensions: { code: 'GRAPHQL_VALIDATION_FAILED', http: { status: 400 } },
  });
}

const NOTHING: Plan = { fixed: 0, pages: [] };
const capped = (size: number): number => Math.min(Math.max(size, 1), MAX_PAGE);

function evaluate(plan: Plan, variables: Values): number {
  let cost = plan.fixed;
  for (const page of plan.pages) {
    const given = variables[page.variable] as number | null | undefined;
    const size = capped(wishedPage(given, page.fallback));
    cost += page.factor * size * evaluate(page.plan, variables);
  }
  return cost;
}

function add(into: Plan, part: Plan): void {
  into.fixed += part.fixed;
  for (const page of part.pages) {
    const same = into.pages.find((other) => other.plan === page.plan && other.variable === page.variable);
    if (same) same.factor += page.factor;
    else into.pages.push({ ...page });
  }
}

function times(plan: Plan, size: PageSize): Plan {
  if (typeof size !== 'number') return { fixed: 0, pages: [{ ...size, factor: 1, plan }] };
  return {
    fixed: plan.fixed * size,
    pages: plan.pages.map((page) => ({ ...page, factor: page.factor * size })),
  };
}

class Planner {
  private readonly fragments = new Map<string, FragmentDefinitionNode>();
  /** Each fragment is planned once per page size around it, however often it is spread. */
  private readonly planned = new Map<string, Plan>();

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
  ) {
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(definition.name.value, definition);
    }
  }

  /** `page`: how many items lists directly below have, when the field above was given a page size. */
  selection(set: SelectionSetNode | undefined, type: GraphQLNamedType, page: PageSize): Plan {
    const plan: Plan = { fixed: 0, pages: [] };
    for (const selection of set?.selections ?? []) {
      const isField = selection.kind === Kind.FIELD;
      add(plan, isField ? this.field(selection, type, page) : this.fragment(selection, type, page));
    }
    return plan;
  }

  private fragment(
    node: FragmentSpreadNode | InlineFragmentNode,
    type: GraphQLNamedType,
    page: PageSize,
  ): Plan {
    const named = node.kind === Kind.FRAGMENT_SPREAD;
    const key = named ? `${node.name.value} ${JSON.stringify(page)}` : '';
    const known = this.planned.get(key);
    if (known) return known;
    const fragment = named ? this.fragments.get(node.name.value) : node;
    const on = fragment?.typeCondition && this.schema.getType(fragment.typeCondition.name.value);
    const plan = this.selection(fragment?.selectionSet, on ?? type, page);
    if (named) this.planned.set(key, plan);
    return plan;
  }

  private field(node: FieldNode, parent: GraphQLNamedType, page: PageSize): Plan {
    if (!isObjectType(parent) && !isInterfaceType(parent)) return NOTHING;
    const field = parent.getFields()[node.name.value];
    if (!field) return NOTHING;
    const type = getNamedType(field.type);
    if (!isCompositeType(type)) return NOTHING;
    const size = this.pageSize(node, field);
    const below = this.selection(node.selectionSet, type, size ?? USUAL_LIST);
    const each: Plan = { fixed: 1 + below.fixed, pages: below.pages };
    return isListType(getNullableType(field.type)) ? times(each, page) : each;
  }

  private pageSize(node: FieldNode, field: GraphQLField<unknown, unknown>): PageSize | undefined {
    const argument = field.args.find((arg) => arg.name === 'first');
    if (!argument) return undefined;
    const fallback = typeof argument.defaultValue === 'number' ? argument.defaultValue : MAX_PAGE;
    const value = node.arguments?.find((arg) => arg.name.value === 'first')?.value;
    if (value?.kind === Kind.INT) return capped(Number(value.value));
    if (value?.kind !== Kind.VARIABLE) return wishedPage(null, fallback);
    return { variable: value.name.value, fallback };
  }
}
