import type { ApiError } from '@/api/client';

export type Closed = 'notFound' | 'used' | 'expired' | 'revoked';

const BY_CODE: Record<string, Closed | undefined> = {
  not_found: 'notFound',
  invalid: 'notFound',
  invitation_used: 'used',
  invitation_expired: 'expired',
  invitation_revoked: 'revoked',
};

/** Why an invitation cannot be accepted; undefined when the failure says nothing about the invitation. */
export function closedInvitation(error: ApiError): Closed | undefined {
  return BY_CODE[error.code];
}
