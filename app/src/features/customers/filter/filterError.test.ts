import { ApiError } from '@/api/client';

import { around, problemFrom, problemIn } from './filterError';

const refusal = (message: string, field = 'filter') =>
  new ApiError({ status: 422, code: 'invalid', errors: [{ field, code: 'syntax', message }] });

describe('mistakes in a filter', () => {
  it('are found before asking', () => {
    expect(problemIn('owner = me')).toBeUndefined();
    expect(problemIn('名称 = "没')).toEqual({ key: 'unterminated', at: 6 });
    expect(problemIn('(owner = me')).toEqual({ key: 'parenthesis', at: 1 });
  });

  it('are placed where the server says', () => {
    expect(problemFrom(refusal('cannot be read at character 7: something is missing'))).toEqual({ key: 'syntax', at: 7 });
    expect(problemFrom(refusal('names a field that is not known; known are: a'))).toEqual({ key: 'invalid' });
    expect(problemFrom(refusal('is too long', 'q'))).toBeUndefined();
    expect(problemFrom(null)).toBeUndefined();
  });

  it('are marked by character, also behind an emoji', () => {
    expect(around('😀 = me)', 7)).toEqual({ before: '😀 = me', there: ')', after: '' });
    expect(around('name = ', 8)).toEqual({ before: 'name = ', there: '␣', after: '' });
  });
});
