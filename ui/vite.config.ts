import optimizeLocales from '@react-aria/optimize-locales-plugin';
import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// The window's policy allows no inline script, style or data font, so nothing is inlined.
export default defineConfig({
  // The controls speak English, as all words do: their other languages would be a tenth of all script.
  plugins: [react(), { ...optimizeLocales.vite({ locales: ['en-US'] }), enforce: 'pre' as const }],
  clearScreen: false,
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  css: { transformer: 'lightningcss', modules: { generateScopedName: '[name]_[local]_[hash]' } },
  server: {
    port: 5173,
    strictPort: true,
    proxy: { '/rpc': 'http://127.0.0.1:5174', '/events': 'http://127.0.0.1:5174' },
  },
  build: { target: 'safari15', cssTarget: 'safari15', assetsInlineLimit: 0, sourcemap: false },
  test: {
    // Left to itself it keeps one processor free, which is half of a small computer.
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          environment: 'jsdom',
          // axe reads a whole window; on a busy machine that takes its time.
          testTimeout: 120_000,
          include: ['src/**/*.test.{ts,tsx}'],
          setupFiles: ['src/test/setup.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'pages',
          environment: 'node',
          // A browser of its own each: one after the other, when the rest is done.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          include: ['pages/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
