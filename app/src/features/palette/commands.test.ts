import { matching, type Command } from './commands';

const command = (label: string, words?: string): Command => ({ key: label, group: 'go', label, words, icon: 'home', run: () => {} });
const all = [command('首页', 'shouye sy home'), command('新建任务', 'xinjian xjrw task'), command('任务', 'renwu rw tasks')];
const found = (typed: string) => matching(all, typed).map(({ label }) => label);

test('finds a command by its words, its pinyin and the other language', () => {
  expect(found('首')).toEqual(['首页']);
  expect(found('renwu')).toEqual(['任务']);
  expect(found('HOME')).toEqual(['首页']);
});

test('what begins with the text comes before what only holds it', () => {
  expect(found('任务')).toEqual(['任务', '新建任务']);
});

test('offers all of them for nothing, and none for what no word holds', () => {
  expect(found(' ')).toHaveLength(3);
  expect(found('zzz')).toEqual([]);
});
