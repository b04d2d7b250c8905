import { strengthOf } from './password';

describe('strengthOf', () => {
  it('counts characters as people do', () => {
    expect(strengthOf('')).toEqual({ level: 'short', missing: 8 });
    expect(strengthOf('密码很难猜')).toEqual({ level: 'short', missing: 3 });
    expect(strengthOf('👩🏽abcde').level).toBe('short');
    expect(strengthOf('e\u0301'.repeat(7))).toEqual({ level: 'short', missing: 1 });
  });

  it.each([
    ['aaaaaaaaaaaa', 'weak'],
    ['123456789', 'weak'],
    ['87654321', 'weak'],
    ['sunflower', 'fair'],
    ['green tea at noon', 'strong'],
    ['每天下午喝一杯绿茶', 'strong'],
  ])('%s is %s', (password, level) => {
    expect(strengthOf(password).level).toBe(level);
  });

  it('sees through the own name and address', () => {
    expect(strengthOf('chenchen1', 'chen@acme.example', '').level).toBe('weak');
  });
});
