import type { Processes } from './processes.ts';

export interface PointState {
  readonly name: string;
  readonly reached: number;
  readonly armed: object | null;
}

export interface Arming {
  readonly action: 'die' | 'stall' | 'block' | 'lose';
  readonly after?: number;
  readonly times?: number;
  readonly ms?: number;
}

/** Fault points of one process, over its management port. */
async function call<T>(
  processes: Processes,
  label: string,
  method: string,
  path = '',
  body?: object,
): Promise<T> {
  const { managementPort } = processes.find(label).spec;
  const response = await fetch(`http://127.0.0.1:${managementPort}/fault-points${path}`, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`fault points of ${label}: ${response.status} ${text}`);
  return (text ? JSON.parse(text) : undefined) as T;
}

export const arm = (
  processes: Processes,
  label: string,
  point: string,
  arming: Arming,
): Promise<PointState[]> => call(processes, label, 'PUT', `/${point}`, arming);

export const disarm = (processes: Processes, label: string): Promise<void> =>
  call(processes, label, 'DELETE');

/** Whether the point is still waiting for somebody to pass. */
export async function isArmed(processes: Processes, label: string, point: string): Promise<boolean> {
  const states = await call<PointState[]>(processes, label, 'GET');
  return states.some(({ name, armed }) => name === point && armed !== null);
}
