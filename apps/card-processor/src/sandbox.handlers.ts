import { z } from 'zod';
import type { Books } from './books.ts';
import { describeClock, moveClock } from './clock.handlers.ts';
import type { Clock } from './clock.ts';
import type { DashboardService } from './dashboard.service.ts';
import { faultSet, type Faults } from './fault.ts';
import { json, problem, type Reply } from './reply.ts';

export interface SandboxActions {
  /** Empty books, no faults, the machine's time. */
  reset(): void;
  /** Moves the clock forward and carries out what became due. */
  advance(ms: number): void;
}

/** What Stripe does not have: the ledger to check books against, faults, the clock, a fresh start. Without a key. */
export class SandboxHandlers {
  constructor(
    private readonly books: Books,
    private readonly faults: Faults,
    private readonly clock: Clock,
    private readonly dashboard: DashboardService,
    private readonly actions: SandboxActions,
  ) {}

  handle(method: string, path: string, query: string, body: string): Reply {
    switch (`${method} ${path}`) {
      case 'GET /health':
        return json(200, { status: 'ok' });
      case 'GET /sandbox/ledger':
        return json(200, this.books.ledger.lines(new URLSearchParams(query).get('orderId') ?? undefined));
      case 'GET /sandbox/clock':
        return describeClock(this.clock);
      case 'POST /sandbox/clock':
        return withJson(body, (input) => moveClock(this.clock, input, (ms) => this.actions.advance(ms)));
      case 'POST /sandbox/dashboard':
        return withJson(body, (input) => this.dashboard.act(input));
      case 'GET /sandbox/faults':
        return json(200, this.faults.describe());
      case 'POST /sandbox/faults':
        return withJson(body, (input) => this.setFaults(input));
      case 'DELETE /sandbox/faults':
        this.faults.set({ seed: 1, faults: [] });
        return json(200, this.faults.describe());
      case 'POST /sandbox/reset':
        this.faults.set({ seed: 1, faults: [] });
        this.actions.reset();
        return json(200, { status: 'reset' });
      default:
        return problem(404, `No ${method} ${path} here; README.md of card-processor lists what there is.`);
    }
  }

  private setFaults(input: unknown): Reply {
    const parsed = faultSet.safeParse(input);
    if (!parsed.success) return problem(400, z.prettifyError(parsed.error));
    this.faults.set(parsed.data);
    return json(200, this.faults.describe());
  }
}

function withJson(body: string, handle: (input: unknown) => Reply): Reply {
  let input: unknown;
  try {
    input = JSON.parse(body);
  } catch {
    return problem(400, 'The body is not JSON.');
  }
  return handle(input);
}
