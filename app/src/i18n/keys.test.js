/* global describe, expect, it, __dirname */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { en } from './en';
import { zh } from './zh';

function flatten(texts, before = '') {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string' || Array.isArray(value) ? [`${before}${key}`] : flatten(value, `${before}${key}.`),
  );
}

const singular = (key) => key.replace(/_(one|other)$/, '');

const keysOf = (texts) => new Set(flatten(texts).map(singular));

describe.each(Object.keys(en))('%s', (namespace) => {
  it('has the same keys in both languages', () => {
    expect([...keysOf(zh[namespace])].sort()).toEqual([...keysOf(en[namespace])].sort());
  });

  it('has every plural form that its language needs', () => {
    const forms = (texts, form) => flatten(texts).filter((key) => key.endsWith(`_${form}`)).map(singular).sort();
    expect(forms(en[namespace], 'one')).toEqual(forms(en[namespace], 'other'));
    expect(forms(zh[namespace], 'one')).toEqual([]);
  });
});

function sources(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sources(path);
    return /\.tsx?$/.test(name) && !/\.test\.|\.d\.ts$/.test(name) ? [path] : [];
  });
}

it('has every key that the code names', () => {
  const known = Object.fromEntries(Object.entries(en).map(([namespace, texts]) => [namespace, keysOf(texts)]));
  const missing = sources(join(__dirname, '..')).flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/['"`]([a-z]+):([A-Za-z][\w.]*)['"`]/g)]
      .filter(([, namespace = '', key = '']) => known[namespace] && !known[namespace].has(singular(key)))
      .map(([whole]) => `${path}: ${whole}`),
  );
  expect(missing).toEqual([]);
});

it('has no English left in Chinese', () => {
  const values = (texts) => Object.values(texts).flatMap((value) => (typeof value === 'object' && !Array.isArray(value) ? values(value) : [value].flat()));
  const english = values(zh).filter((text) => /[a-z]{4,} [a-z]{3,} /i.test(text.replace(/{{[^}]*}}/g, '')));
  expect(english).toEqual([]);
});
