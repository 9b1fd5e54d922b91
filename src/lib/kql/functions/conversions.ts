import type { KustoType } from '../../model/table.js';
import type { Rule } from '../rule.js';

/** Converting the argument is all there is to do. */
function to(type: KustoType): Rule {
  return { args: [type], sql: '$1' };
}

export const CONVERSIONS: Readonly<Record<string, Rule>> = {
  tobool: to('bool'),
  toboolean: to('bool'),
  toint: to('int'),
  tolong: to('long'),
  toreal: to('real'),
  todouble: to('real'),
  todecimal: to('decimal'),
  todatetime: to('datetime'),
  totimespan: to('timespan'),
  totime: to('timespan'),
  toguid: to('guid'),
  new_guid: { args: [], sql: 'uuid()', isTotal: true },
  tostring: to('string'),
};
