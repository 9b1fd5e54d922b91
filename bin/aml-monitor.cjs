#!/usr/bin/env node
'use strict';

const { argv, env, platform, versions } = process;

if (argv[2] === '--version') {
  process.stdout.write(`${require('../package.json').version}\n`);
} else {
  rememberCompiledCode();
  const { createProcessHost } = require('../dist/lib/process-host.cjs');
  const { run } = require('../dist/commands/main.cjs');
  run(argv.slice(2), createProcessHost(process)).then((status) => {
    process.exitCode = status;
  });
}

/**
 * Node 22 and later keep V8's compiled code between runs: a third of the start-up of a command that
 * loads an Azure SDK. The folder is the user's own, not Node's default in the shared `/tmp`, where
 * another user could put code for us.
 */
function rememberCompiledCode() {
  if (Number.parseInt(versions.node, 10) < 22 || env.NODE_COMPILE_CACHE !== undefined) return;
  const { enableCompileCache } = require('node:module');
  const { join } = require('node:path');
  const home = require('node:os').homedir();
  const caches = {
    darwin: join(home, 'Library', 'Caches'),
    win32: env.LOCALAPPDATA || join(home, 'AppData', 'Local'),
  };
  const folder = caches[platform] ?? (env.XDG_CACHE_HOME || join(home, '.cache'));
  enableCompileCache?.(join(folder, 'aml-monitor', 'compiled'));
}
