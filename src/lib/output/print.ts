import type { Host } from '../host.js';
import type { Table } from '../model/table.js';
import type { Presentation } from '../settings.js';
import type { View } from './view.js';

export declare function print<T>(
  host: Pick<Host, 'stdout' | 'stderr'>,
  settings: Presentation,
  result: T | readonly T[] | AsyncIterable<T> | Table,
  view?: View<T>,
): Promise<void>;
