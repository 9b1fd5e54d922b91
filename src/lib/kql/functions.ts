import { ARRAYS } from './functions/arrays.js';
import { BAGS } from './functions/bags.js';
import { BITS } from './functions/bits.js';
import { COMPARISONS } from './functions/comparisons.js';
import { CONDITIONS } from './functions/conditions.js';
import { CONVERSIONS } from './functions/conversions.js';
import { DATETIME } from './functions/datetime.js';
import { DIGESTS } from './functions/digests.js';
import { DYNAMIC } from './functions/dynamic.js';
import { ENCODINGS } from './functions/encodings.js';
import { FORMATS } from './functions/formats.js';
import { GEOGRAPHY } from './functions/geography.js';
import { MATH } from './functions/math.js';
import { NETWORKS } from './functions/networks.js';
import { NETWORKS6 } from './functions/networks6.js';
import { PARSERS } from './functions/parsers.js';
import { SEARCHES } from './functions/searches.js';
import { SERIES } from './functions/series.js';
import { SIZES } from './functions/sizes.js';
import { STATISTICS } from './functions/statistics.js';
import { STRINGS } from './functions/strings.js';
import { CONVERT_UNITS } from './functions/units.js';
import { IS_NEW, WINDOWS } from './functions/windows.js';
import type { Rule } from './rule.js';

/** Every scalar function and operator that this engine knows, by the name of the binder's symbol. */
export const FUNCTIONS: Readonly<Record<string, Rule>> = {
  ...ARRAYS,
  ...BAGS,
  ...BITS,
  ...COMPARISONS,
  ...CONDITIONS,
  ...CONVERSIONS,
  ...DATETIME,
  ...DIGESTS,
  ...DYNAMIC,
  ...ENCODINGS,
  ...FORMATS,
  ...GEOGRAPHY,
  ...MATH,
  ...NETWORKS,
  ...NETWORKS6,
  ...PARSERS,
  ...SEARCHES,
  ...SERIES,
  ...SIZES,
  ...STATISTICS,
  ...STRINGS,
  ...CONVERT_UNITS,
  ...WINDOWS,
  IsNew: IS_NEW,
};
