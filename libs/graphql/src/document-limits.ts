import {
  type ASTVisitor,
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type NameNode,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';

/** What one document may be. Tokens are counted by the parser, the rest before any other rule looks at it. */
export interface DocumentLimits {
  readonly tokens: number;
  readonly depth: number;
  /** The standard introspection query goes down to nine times `ofType`. */
  readonly introspectionDepth: number;
  readonly fields: number;
  readonly aliases: number;
  readonly directives: number;
  /** Characters of a name: names come back as keys of the answer and in errors. */
  readonly name: number;
}

export const DOCUMENT_LIMITS: DocumentLimits = {
  tokens: 1_000,
  depth: 10,
  introspectionDepth: 15,
  fields: 400,
  aliases: 20,
  directives: 20,
  name: 100,
};

/**
 * A validation rule that refuses documents too large to be meant well, and mutations of more than one root field (a
 * hundred aliased mutations in one request would pass every limit that counts requests).
 */
export function documentLimitsRule(limits: DocumentLimits = DOCUMENT_LIMITS) {
  return (context: ValidationContext): ASTVisitor => ({
    Document: {
      enter(document) {
        const fault = faultOf(document, limits);
        if (!fault) return;
        context.reportError(new GraphQLError(fault));
        // The other rules are to find nothing: some of them take the square of the size. A refused document is not kept.
        (document as { definitions: unknown }).definitions = [];
      },
    },
  });
}

function faultOf(document: DocumentNode, limits: DocumentLimits): string | undefined {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const survey = new Survey(fragments);
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION)
      continue;
    const depth = survey.depthOf(definition.selectionSet);
    survey.directives += definition.directives?.length ?? 0;
    const operation = definition.kind === Kind.OPERATION_DEFINITION;
    if (operation && depth > limits.depth) return `The document is deeper than ${limits.depth} levels.`;
    if (survey.introspectionDepth > limits.introspectionDepth)
      return `Introspection goes deeper than ${limits.introspectionDepth} levels.`;
    if (survey.longestName > limits.name) return `A name has more than ${limits.name} characters.`;
    if (survey.fields > limits.fields) return `The document has more than ${limits.fields} fields.`;
    if (survey.aliases > limits.aliases) return `The document has more than ${limits.aliases} aliases.`;
    if (survey.directives > limits.directives) {
      return `The document has more than ${limits.directives} directives.`;
    }
    if (isMutation(definition) && survey.rootFields(definition.selectionSet) > 1) {
      return 'A mutation does one thing: more than one root field is refused.';
    }
  }
  return undefined;
}

const isMutation = (definition: { kind: Kind }): boolean =>
  definition.kind === Kind.OPERATION_DEFINITION &&
  (definition as OperationDefinitionNode).operation === OperationTypeNode.MUTATION;

/** Counts each definition's own selections once, and measures depth through fragments, each fragment once. */
class Survey {
  fields = 0;
  aliases = 0;
  directives = 0;
  longestName = 0;
  introspectionDepth = 0;
  private readonly fragmentDepths = new Map<string, number>();
  private readonly counted = new Set<SelectionSetNode>();

  constructor(private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>) {}

  /** Levels below a set, without those of introspection, which are counted on their own. */
  depthOf(set: SelectionSetNode | undefined): number {
    if (!set) return 0;
    const first = !this.counted.has(set);
    this.counted.add(set);
    let deepest = 0;
    for (const selection of set.selections) {
      if (first) this.directives += selection.directives?.length ?? 0;
      let depth: number;
      if (selection.kind === Kind.FIELD) {
        if (first) this.fields += 1;
        if (first && selection.alias) this.aliases += 1;
        if (first) this.noteName(selection.alias ?? selection.name);
        const below = this.depthOf(selection.selectionSet);
        const introspects = selection.name.value.startsWith('__');
        if (introspects) this.introspectionDepth = Math.max(this.introspectionDepth, 1 + below);
        depth = introspects ? 1 : 1 + below;
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        depth = this.depthOf(selection.selectionSet);
      } else {
        depth = this.depthOfFragment(selection.name.value);
      }
      deepest = Math.max(deepest, depth);
    }
    return deepest;
  }

  /** Each fragment counts once: spread again it names the same fields. */
  rootFields(set: SelectionSetNode, seen = new Set<string>()): number {
    let count = 0;
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        count += selection.name.value === '__typename' ? 0 : 1;
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        count += this.rootFields(selection.selectionSet, seen);
      } else if (!seen.has(selection.name.value)) {
        seen.add(selection.name.value);
        const fragment = this.fragments.get(selection.name.value);
        if (fragment) count += this.rootFields(fragment.selectionSet, seen);
      }
    }
    return count;
  }

  private noteName({ value }: NameNode): void {
    this.longestName = Math.max(this.longestName, value.length);
  }

  private depthOfFragment(name: string): number {
    const known = this.fragmentDepths.get(name);
    if (known !== undefined) return known;
    // A circle ends here; reporting it is another rule's.
    this.fragmentDepths.set(name, 0);
    const depth = this.depthOf(this.fragments.get(name)?.selectionSet);
    this.fragmentDepths.set(name, depth);
    return depth;
  }
}
