import { ApiError } from '@/api/errors';

export type ErrorKind = 'offline' | 'code' | 'forbidden' | 'notFound' | 'conflict' | 'busy' | 'server';

const kinds: Record<number, ErrorKind> = { 403: 'forbidden', 404: 'notFound', 409: 'conflict', 412: 'conflict', 429: 'busy' };

/** A part of the client itself could not be loaded. */
export class CodeError extends Error {
  constructor(options: ErrorOptions) {
    super('code was not loaded', options);
    this.name = 'CodeError';
  }
}

/** Sorts errors by what somebody can do about them. */
export function errorKind(error: unknown): ErrorKind {
  if (error instanceof CodeError) return 'code';
  if (!(error instanceof ApiError)) return 'server';
  return error.offline ? 'offline' : (kinds[error.status] ?? 'server');
}

export function retrySeconds(error: unknown): number {
  return (error instanceof ApiError && error.retryAfter) || 60;
}
