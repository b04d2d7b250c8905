import { ApiError } from '@/api/client';

import { around, problemFrom, problemIn } from './filterError';

const refusal = (code: string, more: object = {}, field = 'filter') =>
  new ApiError({ status: 422, code: 'invalid', errors: [{ field, code, message: '', ...more }] });

describe('mistakes in a filter', () => {
  it('are found before asking', () => {
    expect(problemIn('owner = me')).toBeUndefined();
    expect(problemIn('名称 = "没')).toEqual({ key: 'unterminated', at: 6 });
    expect(problemIn('(owner = me')).toEqual({ key: 'parenthesis', at: 1 });
  });

  it('are placed where the server says', () => {
    expect(problemFrom(refusal('syntax', { at: 7 }))).toEqual({ key: 'syntax', at: 7 });
    const known = ['potential', 'won'];
    expect(problemFrom(refusal('unknown_word', { at: 13, name: 'lifecycle', known }))).toEqual({ key: 'unknown_word', at: 13, name: 'lifecycle', known });
    expect(problemFrom(refusal('a code of a later server'))).toEqual({ key: 'invalid' });
    expect(problemFrom(refusal('too_long', {}, 'q'))).toBeUndefined();
    expect(problemFrom(null)).toBeUndefined();
  });

  it('are marked by character, also behind an emoji', () => {
    expect(around('😀 = me)', 7)).toEqual({ before: '😀 = me', there: ')', after: '' });
    expect(around('name = ', 8)).toEqual({ before: 'name = ', there: '␣', after: '' });
  });
});
