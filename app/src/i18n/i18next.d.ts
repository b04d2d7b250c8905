import 'i18next';

import type { en } from './en';

// Makes a key that does not exist an error of the compiler. The keys are given to i18next's types flat, 'list.title', with
// their plural forms as one: left to itself it works them out at every call, and gives up at some.

type Texts = typeof en;

/** The paths in T that lead to a Leaf. */
type Path<T, Leaf, Before extends string = ''> = {
  [K in keyof T & string]: T[K] extends Leaf ? `${Before}${K}` : T[K] extends string | string[] ? never : Path<T[K], Leaf, `${Before}${K}.`>;
}[keyof T & string];

type Singular<K extends string> = K extends `${infer Base}_${'one' | 'other'}` ? Base : K;

type Flat<T> = Record<Singular<Path<T, string>>, string> & Record<Path<T, string[]>, string[]>;

declare module 'i18next' {
  interface CustomTypeOptions {
    // All namespaces are open to every screen, so a key is written with its namespace: t('customers:list.title').
    defaultNS: [
      'common',
      'ui',
      'shell',
      'customers',
      'interactions',
      'imports',
      'auth',
      'home',
      'tasks',
      'notifications',
      'settings',
      'feedback',
      'outbox',
    ];
    resources: { [N in keyof Texts]: Flat<Texts[N]> };
    keySeparator: false;
    returnNull: false;
  }
}
