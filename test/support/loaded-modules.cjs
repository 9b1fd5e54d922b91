// Loaded with --require: writes what this process required to the file of AML_MONITOR_LOADED.
'use strict';

const { writeFileSync } = require('node:fs');

process.once('exit', () => {
  writeFileSync(process.env.AML_MONITOR_LOADED, Object.keys(require.cache).join('\n'));
});
