const common = {
  setupFiles: ['<rootDir>/jest.setup.js'],
  moduleNameMapper: { '^@/(.*)$': '<rootDir>/src/$1' },
  testPathIgnorePatterns: ['/node_modules/', '/e2e/', '/dist/'],
};

// Most tests run as a phone does. What only a browser has (real tables, focus, keys) is tested in *.web.test.tsx.
module.exports = {
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
