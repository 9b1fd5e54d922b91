import { Chalk, type ChalkInstance } from 'chalk';
import type { Settings } from '../settings.js';

export type Style = ChalkInstance;

/** Colors for one stream. Level 0 leaves every text as it is. */
export function createStyle(level: Settings['color']['stdout']): Style {
  return new Chalk({ level });
}
