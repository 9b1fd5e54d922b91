// Required before a program: writes its peak memory, in kilobytes, to the file that PEAK_MEMORY names.

const { writeFileSync } = require('node:fs');

process.once('exit', () => {
  writeFileSync(process.env.PEAK_MEMORY, String(process.resourceUsage().maxRSS));
});
