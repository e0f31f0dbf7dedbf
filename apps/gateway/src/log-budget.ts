const PER_CLIENT = 5;
const IN_ALL = 100;

/** How many lines a log may get until the budget is renewed: a few for each client, so that none drowns the others. */
export class LogBudget {
  private readonly spent = new Map<string, number>();
  private readonly left = new Map<string, number>();
  private lines = 0;

  /** @param key one client and code @param code what is summed up beyond the budget */
  allows(key: string, code: string): boolean {
    const spent = this.spent.get(key) ?? 0;
    if (spent < PER_CLIENT && this.lines < IN_ALL) {
      this.spent.set(key, spent + 1);
      this.lines++;
      return true;
    }
    this.left.set(code, (this.left.get(code) ?? 0) + 1);
    return false;
  }

  /** Begins anew. @returns how many lines were left out, by code */
  renew(): [code: string, count: number][] {
    const left = [...this.left];
    this.spent.clear();
    this.left.clear();
    this.lines = 0;
    return left;
  }
}
