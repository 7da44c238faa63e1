export { type Api, type ApiPorts, createApi, type JobQuery, type ServiceQuery } from './client';
export { idempotencyKey } from './idempotency';
export { type Facts, Garbled, isProblem, mayRetry, type Problem, Refused, Unreachable } from './problem';
export type * from './shapes';
export * from './voices';
