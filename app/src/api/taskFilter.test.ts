import { isTaskView, taskFilter } from './taskFilter';

describe('taskFilter', () => {
  it('ends today at the next midnight, also at the end of a month', () => {
    expect(taskFilter('today', 'me', '2026-02-28')).toBe(
      'status = "open" AND due_at >= ago("0m") AND due_at < "2026-03-01" AND assignee = me',
    );
  });

  it('leaves no open task out and shows none twice', () => {
    expect(taskFilter('overdue', 'all', '2026-03-02')).toBe('status = "open" AND due_at < ago("0m")');
    expect(taskFilter('upcoming', 'all', '2026-03-02')).toBe('status = "open" AND (due_at >= "2026-03-03" OR NOT due_at:*)');
  });

  it('names one member', () => {
    expect(taskFilter('done', 'usr_1', '2026-03-02')).toBe('status = "done" AND assignee = "usr_1"');
  });
});

it('takes no view from the address that it does not know', () => {
  expect(isTaskView('today')).toBe(true);
  expect(isTaskView('everything')).toBe(false);
  expect(isTaskView(undefined)).toBe(false);
});
