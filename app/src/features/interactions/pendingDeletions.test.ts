import { act, renderHook } from '@testing-library/react-native';

import { deleteLater, takeBack, useDeletions } from './pendingDeletions';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('pending deletions', () => {
  it('are carried out once, and hidden from the start', () => {
    const run = jest.fn();
    const { result } = renderHook(useDeletions);
    act(() => deleteLater('a', run));
    expect(result.current.has('a')).toBe(true);
    expect(run).not.toHaveBeenCalled();
    act(() => jest.advanceTimersByTime(5_000));
    expect(run).toHaveBeenCalledTimes(1);
    act(() => jest.advanceTimersByTime(60_000));
    expect(run).toHaveBeenCalledTimes(1);
    expect(result.current.has('a')).toBe(false);
  });

  it('can be taken back', () => {
    const run = jest.fn();
    const { result } = renderHook(useDeletions);
    act(() => deleteLater('b', run));
    act(() => takeBack('b'));
    act(() => jest.advanceTimersByTime(60_000));
    expect(run).not.toHaveBeenCalled();
    expect(result.current.size).toBe(0);
  });
});
