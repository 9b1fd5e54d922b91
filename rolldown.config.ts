import { resolve, sep } from 'node:path';
import { defineConfig, type Plugin } from 'rolldown';

/**
 * CommonJS chunks: one for each command and heavy part, cut where the source says `import()`. Why,
 * with measurements: docs/decisions/0003-commonjs-chunks.md.
 */
export default defineConfig({
  input: {
    'commands/main': 'src/commands/main.ts',
    'lib/process-host': 'src/lib/process-host.ts',
  },
  platform: 'node',
  external: [/^@duckdb\/node-api(\/|$)/],
  resolve: {
    // The ES module builds of the Azure SDKs shed what is not used.
    mainFields: ['module', 'main'],
    // chalk looks at the terminal through `node:tty`, and that loads all of `node:net`. It is always
    // told its level here, so it gets the part that does not look.
    alias: {
      '#supports-color': resolve('node_modules/chalk/source/vendor/supports-color/browser.js'),
    },
  },
  // The Azure SDKs ask of every body whether it is a form. The mere name `FormData` makes Node load
  // its whole fetch, most of the time until the first request; nothing here sends forms.
  transform: { define: { FormData: 'undefined' } },
  plugins: [commanderWithoutChildProcess(), lazyJsonWebToken()],
  output: {
    dir: 'dist',
    cleanDir: true,
    format: 'cjs',
    // An import() of Node's own or of DuckDB is a require too: it starts no loader of ES modules.
    dynamicImportInCjs: false,
    entryFileNames: '[name].cjs',
    chunkFileNames,
    // Each file costs half a millisecond, whatever is in it: what is needed together is one.
    codeSplitting: {
      groups: [
        { name: 'start', tags: ['$initial'], priority: 3 },
        {
          name: 'commands',
          test: /[\\/]src[\\/](commands|lib[\\/](model|output|use-cases))[\\/]/,
          minShareCount: 3,
          priority: 2,
        },
        {
          name: 'azure-core',
          test: /[\\/](@azure[\\/]core-|@typespec[\\/])/,
          minShareCount: 2,
          priority: 1,
        },
      ],
    },
    // The names of functions stay, so that the stack of a bug can be read.
    minify: { compress: true, mangle: { keepNames: true }, codegen: true },
    comments: false,
  },
});

/** `dist` mirrors `src`; packages are in `dist/npm`, what several chunks share in `dist/shared`. */
function chunkFileNames({ facadeModuleId }: { readonly facadeModuleId?: string | null }): string {
  const path = facadeModuleId?.split(sep).join('/') ?? '';
  const name = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(path)?.[1];
  if (name !== undefined) return `npm/${name.replace('@', '').replace('/', '-')}.cjs`;
  const own = /\/src\/(.*)\.ts$/.exec(path)?.[1];
  return own === undefined ? 'shared/[name].cjs' : `${own}.cjs`;
}

/**
 * commander loads `node:child_process`, a tenth of the start-up of Node itself, for subcommands that
 * are other programs. There are none here.
 */
function commanderWithoutChildProcess(): Plugin {
  const line = "const childProcess = require('node:child_process');";
  return {
    name: 'commander-without-child-process',
    transform: {
      filter: { id: /commander\/lib\/command\.js$/ },
      handler(code) {
        if (!code.includes(line)) this.error('commander loads node:child_process in a new way.');
        return { code: code.replace(line, 'const childProcess = undefined;'), map: null };
      },
    },
  };
}

/** msal-node loads jsonwebtoken, and that semver, at once; it signs only where a certificate signs in. */
function lazyJsonWebToken(): Plugin {
  return {
    name: 'lazy-jsonwebtoken',
    transform: {
      filter: { id: /msal-node\/dist\/client\/ClientAssertion\.mjs$/ },
      handler(code) {
        const line = "import jwt from 'jsonwebtoken';";
        if (!code.includes(line)) this.error('msal-node loads jsonwebtoken in a new way.');
        const lazy = "const jwt = { sign: (...args) => require('jsonwebtoken').sign(...args) };";
        return { code: code.replace(line, lazy), map: null };
      },
    },
  };
}
