/** Starts a process and keeps it observable: environment, log, context, health, metrics, shutdown. Knows no business word. */
export { bearerToken } from './bearer.ts';
export { clientKey } from './client-key.ts';
export { endWith, hearSocketErrors, takeOver } from './client-sockets.ts';
export * from './context.ts';
export {
  FAILED_OPERATION,
  type FailedOperation,
  operationNameIn,
  tellFailure,
  toldFailure,
} from './failed-operation.ts';
export { faultPoint } from './fault-points.ts';
export { endsBefore, Lifecycle, type DrainPhase, type Probe } from './lifecycle.ts';
export { PlatformModule, SERVICE_NAME } from './platform.module.ts';
export { preferredEncoding, preferredType } from './preferences.ts';
export { packWrites } from './pack-writes.ts';
export { sabotaged } from './sabotage.ts';
export { storable, storableJson } from './storable.ts';
export {
  ENV,
  EnvironmentError,
  flag,
  httpShape,
  readEnv,
  serviceEnv,
  type CommonEnv,
  type EnvOf,
  type ServiceEnv,
} from './service.env.ts';
export {
  holdProcess,
  runService,
  startService,
  TRANSPORT,
  type RunningService,
  type ServiceOptions,
} from './start.service.ts';
export {
  ExpiredToken,
  TokenVerifier,
  UNAUTHENTICATED,
  type Caller,
  type TokenVerifierOptions,
} from './token-verifier.ts';
