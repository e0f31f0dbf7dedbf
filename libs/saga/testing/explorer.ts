import type { AnyDefinition } from '../src/saga.catalogue.ts';
import { advance } from '../src/saga.machine.ts';
import { DEEDS } from './deeds.ts';
import { type Bounds, byReleases, type Deed, type Happening, happenings } from './events.ts';
import type { Exploration, Explored } from './exploration.ts';
import { isEnded } from './position.ts';
import { brokenByProbe, probeKey } from './probes.ts';
import { earlierOf, releases } from './releases.ts';
import { tell, Violation } from './story.ts';
import { ID } from './surroundings.ts';
import { keyOf, type World } from './world.ts';

const PROGRESS_EVERY_MS = 2_000;

/** One walk: the worlds that were reached, how, and what follows them. */
export class Explorer {
  private readonly bounds: Bounds;
  private readonly keys = new Map<string, number>();
  private readonly worlds: World[] = [];
  /** How each world is reached first: the world before and which of its happenings. */
  private readonly ways: { from: number; nth: number; depth: number }[] = [];
  /** The worlds that follow each one; those by a person apart. */
  private readonly next: number[][] = [];
  private readonly nextByPerson: number[][] = [];
  private readonly probed = new Set<string>();
  private transitions = 0;
  private readonly startedAt = performance.now();
  private toldAt = performance.now();

  constructor(
    private readonly definitions: readonly AnyDefinition[],
    private readonly options: Exploration,
    private readonly begunOwn: unknown,
  ) {
    const { people = {}, participants, reasks = 2, replicas = 2, own, machine = advance } = options;
    const deploys = earlierOf(definitions, options.deploys ?? []);
    const deeds: Record<string, Deed> = Array.isArray(people)
      ? Object.fromEntries((people as (keyof typeof DEEDS)[]).map((name) => [name, DEEDS[name]]))
      : (people as Record<string, Deed>);
    this.bounds = {
      builds: releases(definitions, deploys),
      alike:
        definitions.every(({ past }) => Object.keys(past.moves).length === 0) &&
        deploys.every(({ type }) => type === definitions[0]!.type),
      machine,
      own,
      participants,
      people: deeds,
      reasks,
      replicas,
    };
  }

  async run(): Promise<Explored> {
    const { bound = 50_000 } = this.options;
    let nth = 0;
    for await (const begun of this.begin()) {
      if (begun.broken) throw new Violation(begun.broken, [tell(begun)], begun.world);
      const size = this.worlds.length;
      if (this.add(begun.world, { from: -1, nth: nth++, depth: 1 }) === size) await this.look(size);
    }
    let at = 0;
    for (; at < this.worlds.length && this.worlds.length <= bound; at++) await this.expand(at);
    const complete = at === this.worlds.length;
    if (complete) await this.checkEnds();
    return {
      states: this.worlds.length,
      transitions: this.transitions,
      complete,
      depth: this.ways.at(-1)!.depth,
      ms: Math.round(performance.now() - this.startedAt),
    };
  }

  private begin(): AsyncGenerator<Happening> {
    const { begin, data = { orderId: ID } } = this.options;
    const participants = Object.fromEntries(
      Object.values(this.bounds.participants).map(({ participant, initial }) => [participant, initial]),
    );
    const world: World = {
      own: this.begunOwn,
      sagas: {},
      runs: {},
      participants: { ...participants, ...begin },
      sent: [],
      replies: [],
      ran: [],
    };
    const { type } = this.definitions[0]!;
    return byReleases(
      this.bounds,
      world,
      () => `${type} begins`,
      (desk) => desk.start(undefined, type, [{ id: ID, data }]),
    );
  }

  private async expand(at: number): Promise<void> {
    const world = this.worlds[at]!;
    const { depth } = this.ways[at]!;
    let nth = 0;
    for await (const happening of happenings(this.bounds, world)) {
      if (happening.broken) throw await this.violation(at, happening.broken, happening);
      if (happening.world !== world) {
        this.transitions++;
        const size = this.worlds.length;
        const to = this.add(happening.world, { from: at, nth, depth: depth + 1 });
        if (to !== at) (happening.byPerson ? this.nextByPerson : this.next)[at]!.push(to);
        if (to === size) await this.look(to);
      }
      nth++;
    }
    this.tellProgress(at);
  }

  private add(world: World, way: { from: number; nth: number; depth: number }): number {
    const key = keyOf(world);
    const known = this.keys.get(key);
    if (known !== undefined) return known;
    this.keys.set(key, this.worlds.length);
    this.ways.push(way);
    this.next.push([]);
    this.nextByPerson.push([]);
    return this.worlds.push(world) - 1;
  }

  /** Looks at a world that was not seen before. */
  private async look(at: number): Promise<void> {
    const world = this.worlds[at]!;
    for (const [rule, holds] of Object.entries(this.options.never ?? {}))
      if (holds(world)) throw await this.violation(at, rule);
    for (const type of Object.keys(world.sagas)) {
      const key = probeKey(world, type);
      if (this.probed.has(key)) continue;
      this.probed.add(key);
      const found = brokenByProbe(this.bounds, world, type);
      if (found) throw await this.violation(at, found.broken, { label: () => found.label, notes: [], world });
    }
  }

  /**
   * From every world an end can be reached; and without people as well, unless they were called.
   * @throws Violation of the world with the shortest story from which it cannot
   */
  private async checkEnds(): Promise<void> {
    const {
      eventually = ({ sagas }: World) => Object.values(sagas).every(isEnded),
      called = ({ sagas }: World) => Object.values(sagas).some(({ stuck }) => stuck),
    } = this.options;
    const withPeople = this.cannotReach(eventually, [this.next, this.nextByPerson]);
    if (withPeople >= 0) throw await this.violation(withPeople, 'no good end can be reached any more');
    const alone = this.cannotReach((world) => eventually(world) || called(world), [this.next]);
    if (alone >= 0)
      throw await this.violation(alone, 'no good end can be reached any more, and people are not called');
  }

  /** The first world from which none that is good can be reached; -1 when there is none. */
  private cannotReach(isGood: (world: World) => boolean, edges: readonly number[][][]): number {
    const before: number[][] = this.worlds.map(() => []);
    for (const next of edges)
      next.forEach((targets, from) => targets.forEach((to) => before[to]!.push(from)));
    const open = this.worlds.flatMap((world, at) => (isGood(world) ? [at] : []));
    const reached = new Set(open);
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const from of before[at]!) {
        if (reached.has(from)) continue;
        reached.add(from);
        open.push(from);
      }
    }
    return this.worlds.findIndex((_, at) => !reached.has(at));
  }

  private async violation(at: number, rule: string, last?: Happening): Promise<Violation> {
    const events: string[] = last ? [tell(last)] : [];
    for (let to = at; to >= 0; to = this.ways[to]!.from) events.unshift(await this.eventBefore(to));
    return new Violation(rule, events, last?.world ?? this.worlds[at]!);
  }

  private async eventBefore(at: number): Promise<string> {
    const { from, nth } = this.ways[at]!;
    let n = 0;
    for await (const happening of from < 0 ? this.begin() : happenings(this.bounds, this.worlds[from]!))
      if (n++ === nth) return tell(happening);
    throw new Error('A world is reached in no way that can be told: a model or a local step is not pure');
  }

  private tellProgress(at: number): void {
    const now = performance.now();
    if (now < this.toldAt + PROGRESS_EVERY_MS) return;
    this.toldAt = now;
    process.stderr.write(
      `${this.definitions[0]!.type}: explored ${at + 1} of ≥ ${this.worlds.length} states\n`,
    );
  }
}
