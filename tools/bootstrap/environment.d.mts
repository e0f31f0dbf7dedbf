type Environment = Readonly<Record<string, string | undefined>>;
export function programEnvironment(env: Environment): Record<string, string>;
export function npmEnvironment(env: Environment): Record<string, string>;
