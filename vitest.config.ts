import { defineConfig } from 'vitest/config';

/**
 * `unit` needs nothing but `npm ci` and `npm run build`. `smoke` packs and installs the tarball, so it
 * talks to the package registry.
 */
export default defineConfig({
  test: {
    // Tests mostly wait for what they started; on two cores the default is one file at a time.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/smoke/**'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'smoke',
          include: ['test/smoke/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
