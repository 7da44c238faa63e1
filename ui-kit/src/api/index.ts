export { type Api, type ApiPorts, createApi, type JobQuery, type ServiceQuery } from './client';
export type * from './devices';
export { idempotencyKey } from './idempotency';
export { createLobbyApi, type LobbyApi } from './lobby';
export { type Facts, Garbled, isProblem, mayRetry, type Problem, problemFrom, Refused, Unreachable } from './problem';
export type * from './shapes';
export * from './voices';
