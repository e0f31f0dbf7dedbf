import { z } from 'zod';
import type { Books } from './books.ts';
import { faultSet, type Faults } from './fault.ts';
import { json, type Reply } from './reply.ts';

/** What Stripe does not have: the ledger to check books against, faults, a fresh start. Without a key. */
export class SandboxHandlers {
  constructor(
    private readonly books: Books,
    private readonly faults: Faults,
    private readonly reset: () => void,
  ) {}

  handle(method: string, path: string, query: string, body: string): Reply {
    switch (`${method} ${path}`) {
      case 'GET /health':
        return json(200, { status: 'ok' });
      case 'GET /sandbox/ledger':
        return json(200, this.books.ledger.lines(new URLSearchParams(query).get('orderId') ?? undefined));
      case 'GET /sandbox/faults':
        return json(200, this.faults.describe());
      case 'POST /sandbox/faults':
        return this.setFaults(body);
      case 'DELETE /sandbox/faults':
        this.faults.set({ seed: 1, faults: [] });
        return json(200, this.faults.describe());
      case 'POST /sandbox/reset':
        this.faults.set({ seed: 1, faults: [] });
        this.reset();
        return json(200, { status: 'reset' });
      default:
        return problem(404, `No ${method} ${path} here; README.md of card-processor lists what there is.`);
    }
  }

  private setFaults(body: string): Reply {
    let input: unknown;
    try {
      input = JSON.parse(body);
    } catch {
      return problem(400, 'The body is not JSON.');
    }
    const parsed = faultSet.safeParse(input);
    if (!parsed.success) return problem(400, z.prettifyError(parsed.error));
    this.faults.set(parsed.data);
    return json(200, this.faults.describe());
  }
}

const problem = (status: number, detail: string): Reply => json(status, { status, detail });
