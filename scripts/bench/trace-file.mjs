// Prints the path of a Parquet file of traces, made once and kept: `node scripts/bench/trace-file.mjs ROWS [N]`, where
// N of the rows have one single instant. `aml-monitor local load` puts them into the local cloud.

import { traceFile } from './trace-rows.mjs';

const [rows = '300000', inOneInstant = '0'] = process.argv.slice(2);
console.log(await traceFile(Number(rows), { inOneInstant: Number(inOneInstant) }));
