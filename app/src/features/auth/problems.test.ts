import { ApiError } from '@/api/errors';

import { problemsOf, waitWord } from './problems';

describe('problemsOf', () => {
  it('puts wrong credentials at the password', () => {
    expect(problemsOf(new ApiError({ status: 401, code: 'invalid_credentials' }))).toEqual({
      fields: { password: { key: 'errors.invalid_credentials' } },
    });
  });

  it('puts a taken address at its field', () => {
    expect(problemsOf(new ApiError({ status: 409, code: 'email_taken' })).fields).toHaveProperty('email');
    expect(problemsOf(new ApiError({ status: 409, code: 'phone_taken' })).fields).toHaveProperty('phone');
  });

  it('says how long an account is locked', () => {
    const problems = problemsOf(new ApiError({ status: 429, code: 'too_many_attempts', retryAfter: 840 }));
    expect(problems).toEqual({ fields: {}, form: { key: 'errors.too_many_attempts' }, wait: 840 });
    expect(problemsOf(new ApiError({ status: 429, code: 'too_many_attempts' })).wait).toBe(60);
  });

  it('lands the errors of the server on their fields', () => {
    const error = new ApiError({
      status: 422,
      code: 'invalid',
      errors: [
        { field: 'company.name', code: 'required', message: 'is required' },
        { field: 'email', code: 'invalid', message: 'is not an e-mail address' },
        { field: 'password', code: 'too_common', message: 'is one of the first' },
        { field: 'phone', code: 'invalid', message: 'is not a phone number' },
      ],
    });
    expect(problemsOf(error).fields).toEqual({
      'company.name': { key: 'errors.required' },
      email: { key: 'errors.invalid_email' },
      password: { key: 'errors.too_common' },
      phone: { key: 'errors.invalid_phone' },
    });
  });

  it('says of the whole account what concerns no field', () => {
    for (const code of ['member_deactivated', 'no_company', 'company_suspended', 'already_member']) {
      expect(problemsOf(new ApiError({ status: 403, code })).form).toEqual({ key: `errors.${code}` });
    }
  });

  it('leaves the rest to the general words', () => {
    for (const error of [new ApiError({ status: 0, code: 'offline' }), new ApiError({ status: 500, code: 'internal' })]) {
      expect(problemsOf(error)).toEqual({ fields: {}, unforeseen: true });
    }
  });
});

describe('waitWord', () => {
  it.each([
    [0.2, 'wait.seconds', 1],
    [90, 'wait.seconds', 90],
    [91, 'wait.minutes', 2],
    [840, 'wait.minutes', 14],
  ])('%s seconds', (seconds, key, count) => {
    expect(waitWord(seconds)).toEqual({ key, values: { count } });
  });
});
