import { ApiError } from '@/api/errors';

import { closedInvitation } from './closedInvitation';

it.each([
  [404, 'not_found', 'notFound'],
  [422, 'invalid', 'notFound'],
  [409, 'invitation_used', 'used'],
  [409, 'invitation_expired', 'expired'],
  [409, 'invitation_revoked', 'revoked'],
  [500, 'internal', undefined],
  [0, 'offline', undefined],
])('%s %s', (status, code, want) => {
  expect(closedInvitation(new ApiError({ status, code }))).toBe(want);
});
