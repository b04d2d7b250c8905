const common = {
  setupFiles: ['<rootDir>/jest.setup.js'],
  moduleNameMapper: { '^@/(.*)$': '<rootDir>/src/$1' },
  testPathIgnorePatterns: ['/node_modules/', '/e2e/', '/dist/'],
};

// Most tests run as a phone does. What only a browser has (real tables, focus, keys) is tested in *.web.test.tsx.
module.exports = {
  // Without this a run of the phone tests of features, drafts and api in one process was seen not to end after the last one. What holds it is not known.
  forceExit: true,
  projects: [
    {
      ...common,
      displayName: 'phone',
      preset: 'jest-expo/ios',
      testMatch: ['<rootDir>/src/**/!(*.web).test.[jt]s?(x)'],
    },
    {
      ...common,
      displayName: 'web',
      preset: 'jest-expo/web',
      testMatch: ['<rootDir>/src/**/*.web.test.ts?(x)'],
    },
  ],
};
