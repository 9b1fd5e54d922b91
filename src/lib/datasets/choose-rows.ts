import { quoteText } from '../duckdb/quote.js';
import { CliError } from '../errors.js';
import type {
  DatasetRelation,
  DatasetRows,
  RelationColumn,
  StatisticsOptions,
} from './datasets.js';
import { TIME_MARKS } from './marks.js';

/** The rows and columns that figures are of. */
export async function chooseRows(
  { dataset, range }: DatasetRows,
  { columns, signal }: StatisticsOptions,
): Promise<DatasetRelation> {
  const relation = await dataset.relation(signal);
  const isChosen = ({ name, role }: RelationColumn) =>
    columns === undefined ? role === 'feature' : columns.includes(name);
  const chosen = { ...relation, columns: relation.columns.filter(isChosen) };
  if (range === undefined || (range.from === null && range.to === null)) return chosen;
  const time = relation.columns.find(
    ({ name, type }) => TIME_MARKS.some((mark) => mark === name) && type === 'datetime',
  );
  if (time === undefined) {
    const message = 'A range of time is for collected data: these rows do not tell their time.';
    throw new CliError('usage', message, {
      hint: `Their columns would be ${TIME_MARKS.join(' or ')}.`,
    });
  }
  const instant = (date: Date) => `${quoteText(date.toISOString().slice(0, -1))}::TIMESTAMP`;
  const within = [
    ...(range.from === null ? [] : [`${time.sql} >= ${instant(range.from)}`]),
    ...(range.to === null ? [] : [`${time.sql} < ${instant(range.to)}`]),
  ];
  return { ...chosen, sql: `SELECT * FROM (${relation.sql}) WHERE ${within.join(' AND ')}` };
}
