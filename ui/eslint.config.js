import js from '@eslint/js';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import { readdirSync } from 'node:fs';
import tseslint from 'typescript-eslint';

const tauri = { regex: '^@tauri-apps/', message: 'Only src/host/ knows the window’s host.' };
const upwards = { regex: '^\\.\\./\\.\\./', message: 'Import other tiers through "@/".' };

/** Tiers: components know no feature, a feature knows no other feature, views compose. */
const tier = (files, ...patterns) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: [tauri, upwards, ...patterns] }] },
});
const features = readdirSync('src/features', { withFileTypes: true }).filter((entry) => entry.isDirectory());

export default tseslint.config(
  { ignores: ['dist', 'src/api/bindings'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  reactHooks.configs.flat.recommended,
  jsxA11y.flatConfigs.strict,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      // Bodies of components and reducers are declarative; what counts is that a file stays readable in one go.
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
    },
  },
  tier(['src/**/*.{ts,tsx}']),
  tier(['src/components/**'], {
    regex: '^@/(features|views|app|api|host)/',
    message: 'The kit knows nothing of the product.',
  }),
  ...features.map(({ name }) =>
    tier([`src/features/${name}/**`], {
      regex: `^@/(features/(?!${name}/)|views/|app/)`,
      message: 'A feature imports no other feature; views compose them.',
    }),
  ),
  {
    files: ['src/**/*.{ts,tsx}'],
    ignores: ['src/components/locale.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'Intl', message: 'Only components/locale.ts knows the locale.' },
      ],
    },
  },
  { files: ['src/host/**'], rules: { 'no-restricted-imports': 'off' } },
  {
    files: ['src/components/icon-paths.tsx', 'src/test/**', '**/*.test.{ts,tsx}'],
    rules: { 'max-lines': 'off' },
  },
);
