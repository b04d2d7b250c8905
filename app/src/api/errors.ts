import type { components } from './schema';

type Problem = components['schemas']['Problem'];
type FieldProblem = components['schemas']['FieldError'];

/** What went wrong with a call: an answer of the server, or with status 0 and code "offline" that none came. */
export class ApiError extends Error {
  readonly status: number;
  /** Stable; texts are chosen by it. */
  readonly code: string;
  readonly title: string;
  /** The server's own words, in English. */
  readonly detail: string;
  readonly errors: FieldProblem[];
  /** To be quoted when asking for help. */
  readonly requestId: string;
  /** Seconds after which another attempt is allowed. */
  readonly retryAfter?: number;
  /** With upgrade_required: what the plan lacks, and the lowest plan that has it. */
  readonly feature?: string;
  readonly plan?: string;
  /** With quota_exceeded: which number is used up, and the number. */
  readonly quota?: string;
  readonly limit?: number;

  constructor(problem: Partial<Problem> & { status: number; code: string; retryAfter?: number }, options?: ErrorOptions) {
    super(problem.detail ?? problem.title ?? problem.code, options);
    this.name = 'ApiError';
    this.status = problem.status;
    this.code = problem.code;
    this.title = problem.title ?? '';
    this.detail = problem.detail ?? '';
    this.errors = problem.errors ?? [];
    this.requestId = problem.request_id ?? '';
    this.retryAfter = problem.retryAfter;
    this.feature = problem.feature;
    this.plan = problem.plan;
    this.quota = problem.quota;
    this.limit = problem.limit;
  }

  get offline(): boolean {
    return this.status === 0;
  }
}

/** Reads an answer that says no. Proxies answer without a problem document; then the status is all there is. */
export function errorOf(response: Response, body: unknown): ApiError {
  const problem: Partial<Problem> & { code: string } = isProblem(body) ? body : { code: `http_${response.status}`, title: response.statusText };
  const retryAfter = Number(response.headers.get('Retry-After') ?? NaN);
  return new ApiError({
    ...problem,
    status: response.status,
    request_id: problem.request_id ?? response.headers.get('X-Request-Id') ?? undefined,
    retryAfter: Number.isFinite(retryAfter) ? retryAfter : undefined,
  });
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string';
}

/** The messages of an error by field; the first wins where a field has several. Other errors have none. */
export function fieldErrors(error: unknown): Record<string, string> {
  const messages: Record<string, string> = {};
  if (error instanceof ApiError) {
    for (const { field, message } of error.errors) messages[field] ??= message;
  }
  return messages;
}
