import { describe, expect, it } from '@jest/globals';
import { givePorts, planSystem } from './system-plan.ts';

const market = (...taken: number[]) => {
  const claimed = new Set(taken);
  const take = async (port: number): Promise<boolean> => !claimed.has(port) && claimed.add(port).has(port);
  const nextFree = async (from: number, except: ReadonlySet<number> = new Set()): Promise<number> => {
    let port = from;
    while (except.has(port) || !(await take(port))) port++;
    return port;
  };
  return { take, nextFree };
};

const portsOf = (plan: ReturnType<typeof planSystem>) =>
  Object.fromEntries(
    plan.map(({ name, replica, port, managementPort }) => [`${name}-${replica}`, [port, managementPort]]),
  );

describe('the plan of the system', () => {
  it("gives each process the contract's ports", async () => {
    const plan = planSystem({});
    expect(await givePorts(plan, 'contract', market())).toEqual([]);
    expect(portsOf(plan)).toMatchObject({
      'gateway-0': [8080, 9080],
      'bff-web-0': [8081, 9081],
      'bff-mobile-0': [8082, 9082],
      'users-0': [undefined, 9083],
      'notifications-0': [undefined, 9087],
      'card-processor-0': [8090, undefined],
    });
  });

  it('gives further replicas the next free ones, and nobody the port of another', async () => {
    const plan = planSystem({ orders: 3, gateway: 2 });
    await givePorts(plan, 'contract', market());
    const all = plan
      .flatMap(({ port, managementPort }) => [port, managementPort])
      .filter((port) => port !== undefined);
    expect(new Set(all).size).toBe(all.length);
    expect(portsOf(plan)).toMatchObject({
      'gateway-1': [8083, 9088],
      'orders-1': [undefined, 9089],
      'orders-2': [undefined, 9090],
    });
  });

  it('takes the next free one for a port that is taken, and tells of it', async () => {
    const plan = planSystem({});
    expect(await givePorts(plan, 'contract', market(8080, 8083))).toEqual([
      { wanted: 8080, got: 8084, name: 'gateway' },
    ]);
  });

  it("stays away from the contract's ports when any free ones are wanted", async () => {
    const plan = planSystem({});
    await givePorts(plan, 'free', market(), 8079);
    expect(plan.map(({ port }) => port)).not.toContain(8080);
  });

  it('leaves out what is not wanted', () => {
    expect(planSystem({}, new Set(['mail-sink'])).map(({ name }) => name)).not.toContain('mail-sink');
  });
});
