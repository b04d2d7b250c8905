const expo = require('eslint-config-expo/flat');
const { defineConfig } = require('eslint/config');

module.exports = defineConfig([
  expo,
  {
    ignores: ['dist/*', '.expo/*', 'src/api/schema.d.ts', 'src/ui/icons.ts', 'expo-env.d.ts'],
  },
  {
    rules: {
      // i18next's default export has a method called use, as its named export has.
      'import/no-named-as-default-member': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
    },
  },
  {
    files: ['public/sw.js'],
    languageOptions: { globals: { self: 'readonly', caches: 'readonly' } },
  },
  {
    files: ['scripts/**', 'e2e/**'],
    rules: { 'no-console': 'off' },
  },
]);
