import { ApiError } from '@/api/errors';

import { refusalsOf } from './refusals';

const invalid = (field: string, code: string) =>
  new ApiError({ status: 422, code: 'invalid', errors: [{ field, code, message: '' }] });

it('lands on the field', () => {
  expect(refusalsOf(invalid('current_password', 'wrong'))).toEqual({ fields: { current_password: 'wrong' } });
  expect(refusalsOf(invalid('phone', 'invalid'))).toEqual({ fields: { phone: 'phone' } });
  expect(refusalsOf(invalid('roles[0]', 'unknown'))).toEqual({ fields: { roles: 'roles' } });
  expect(refusalsOf(new ApiError({ status: 409, code: 'phone_taken' }))).toEqual({ fields: { phone: 'phone_taken' } });
});

it('says of the whole form what concerns no field', () => {
  expect(refusalsOf(new ApiError({ status: 409, code: 'last_admin' })).form).toBe('last_admin');
  expect(refusalsOf(new ApiError({ status: 402, code: 'quota_exceeded', quota: 'seats', limit: 5 })).form).toBe('seats');
});

it('leaves the rest to the general words', () => {
  expect(refusalsOf(new ApiError({ status: 0, code: 'offline' })).unforeseen).toBe(true);
  expect(refusalsOf(invalid('timezone', 'unknown')).unforeseen).toBe(true);
});
