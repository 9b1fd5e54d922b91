import { ADDRESSES } from './addresses.js';
import { BASE64 } from './base64.js';
import { COMMAND_LINES } from './command-line.js';
import { DECIMALS } from './decimals.js';
import { DYNAMICS } from './dynamics.js';
import { HASHES } from './hashes.js';
import { PATHS } from './paths.js';
import { PUNYCODE } from './punycode.js';
import { SCHEMAS } from './schemas.js';
import type { Script } from './script.js';
import { STATISTICS } from './statistics.js';

import { TEXTS } from './texts.js';
import { URLS } from './urls.js';
import { XML } from './xml.js';

/** Every script, by its name without `script_`. */
export const SCRIPTS: Readonly<Record<string, Script>> = {
  ...ADDRESSES,
  ...BASE64,
  ...COMMAND_LINES,
  ...DYNAMICS,
  ...DECIMALS,
  ...HASHES,
  ...PATHS,
  ...PUNYCODE,
  ...SCHEMAS,
  ...STATISTICS,
  ...TEXTS,
  ...URLS,
  ...XML,
};
