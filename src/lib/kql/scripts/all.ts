import { ADDRESSES } from './addresses.js';
import { BASE64 } from './base64.js';
import { COMMAND_LINES } from './command-line.js';
import { DECIMALS } from './decimals.js';
import { DYNAMICS } from './dynamics.js';
import { GEOHASHES } from './geo-points.js';
import { S2_CELLS } from './geo-s2.js';
import { SPHERE } from './geo-sphere.js';
import { WKT } from './geo-wkt.js';
import { HASHES } from './hashes.js';
import { KEY_VALUES } from './key-values.js';
import { PATHS } from './paths.js';
import { PUNYCODE } from './punycode.js';
import { SCHEMAS } from './schemas.js';
import type { Script } from './script.js';
import { STATISTICS } from './statistics.js';

import { TEXTS } from './texts.js';
import { URLS } from './urls.js';
import { WEIGHTS } from './weights.js';
import { XML } from './xml.js';

/** Every script but those of H3, which load a library, by its name without `script_`. */
export const SCRIPTS: Readonly<Record<string, Script>> = {
  ...ADDRESSES,
  ...BASE64,
  ...COMMAND_LINES,
  ...DYNAMICS,
  ...DECIMALS,
  ...GEOHASHES,
  ...HASHES,
  ...KEY_VALUES,
  ...PATHS,
  ...PUNYCODE,
  ...SCHEMAS,
  ...S2_CELLS,
  ...SPHERE,
  ...STATISTICS,
  ...TEXTS,
  ...URLS,
  ...WEIGHTS,
  ...WKT,
  ...XML,
};
