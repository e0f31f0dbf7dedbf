export interface Machine {
  env: Readonly<Record<string, string | undefined>>;
  isRoot(): boolean;
  has(program: string): boolean;
  distribution(): string;
  dockerRuns(): Promise<boolean>;
}
export interface AptServer {
  kind: 'rabbitmq' | 'redis';
  variable: string;
  server: string;
}
export function serversToInstall(on?: Machine): Promise<AptServer[]>;
export function installServers(): Promise<Partial<Record<AptServer['kind'], string>>>;
