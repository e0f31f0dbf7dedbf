/** Which methods each path knows, for 405 and its Allow header. */
export class Routes {
  private readonly exact = new Map<string, Set<string>>();
  private readonly below: [prefix: string, methods: Set<string>][] = [];

  /** @param pattern a path, with `:name` or `*` only in its last segment */
  add(pattern: string, method: string | readonly string[]): void {
    const methods = this.methodsOf(pattern);
    for (const each of [method].flat()) methods.add(each);
    if (methods.has('GET')) methods.add('HEAD');
    methods.add('OPTIONS');
  }

  /** @returns the value of Allow, undefined for a path that nothing is known about */
  allowed(url: string): string | undefined {
    const query = url.indexOf('?');
    const path = query === -1 ? url : url.slice(0, query);
    const methods = this.exact.get(path) ?? this.below.find(([prefix]) => path.startsWith(prefix))?.[1];
    return methods && [...methods].toSorted().join(', ');
  }

  private methodsOf(pattern: string): Set<string> {
    const variable = pattern.search(/[:*]/);
    const known =
      variable === -1
        ? this.exact.get(pattern)
        : this.below.find(([prefix]) => prefix === pattern.slice(0, variable))?.[1];
    if (known) return known;
    const methods = new Set<string>();
    if (variable === -1) this.exact.set(pattern, methods);
    else this.below.push([pattern.slice(0, variable), methods]);
    return methods;
  }
}
