// What docs/kql-support.md needs of the source tree, as one bundle.

import { AGGREGATES } from '../../src/lib/kql/aggregates.ts';
import { BOUND_CALLS } from '../../src/lib/kql/bind-call.ts';
import { FUNCTIONS } from '../../src/lib/kql/functions.ts';
import { words } from '../../src/lib/kql/names.ts';
import { PLUGINS } from '../../src/lib/kql/operators/evaluate.ts';
import { SEVERAL } from '../../src/lib/kql/operators/summarize.ts';
import { OPERATORS } from '../../src/lib/kql/operators.ts';
import { EXPANSIONS } from '../../src/lib/kql/plugins/expansions.ts';
import { CLOUD_FUNCTIONS, REFUSED } from '../../src/lib/kql/refused.ts';

export const TABLES = {
  AGGREGATES: { ...AGGREGATES, ...SEVERAL },
  BOUND_CALLS,
  CLOUD_FUNCTIONS,
  FUNCTIONS,
  OPERATORS,
  PLUGINS: { ...PLUGINS, ...EXPANSIONS },
  REFUSED,
};

/** An operator's class as the word of KQL. */
export const wordOf = (kind) => words({ kind });
