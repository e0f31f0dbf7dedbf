import { connect } from 'node:net';

/** The header in which a process says which start of which process it is (INSTANCE_ID in its environment). */
export const INSTANCE_HEADER = 'x-instance-id';

/**
 * True when a GET is answered with 2xx within two seconds, by that instance where one is named.
 * @throws with the reason when nothing answers, or another process does
 */
export async function answers(url: string, instance?: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  const text = await response.text();
  if (instance !== undefined && response.headers.get(INSTANCE_HEADER) !== instance)
    throw new Error(`another process answers at ${url}`);
  if (response.ok) return true;
  throw new Error(`${url} answers ${response.status}: ${complaints(text)}`);
}

/** What Terminus names as down, or the beginning of another answer. */
function complaints(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error: Record<string, { message?: string }> };
    const named = Object.entries(error).map(([name, { message }]) => `${name} is ${message ?? 'down'}`);
    if (named.length > 0) return named.join(', ');
  } catch {
    // Another program's answer.
  }
  return text.slice(0, 100);
}

/** True when the greeting of the server on the loopback port names that instance. */
export function greets(port: number, instance: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 2_000 });
    let heard = '';
    socket.on('data', (data) => {
      heard += data.toString();
      if (!heard.includes('\n')) return;
      socket.destroy();
      if (heard.includes(instance)) resolve(true);
      else reject(new Error(`another process answers on port ${port}`));
    });
    socket.once('timeout', () => socket.destroy(new Error(`no greeting on port ${port}`)));
    socket.once('error', reject);
    socket.once('close', () => resolve(false));
  });
}

/** True when something accepts a connection on the loopback port. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 1_000 });
    const end = (value: boolean): void => {
      socket.destroy();
      resolve(value);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}
