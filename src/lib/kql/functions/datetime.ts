import {
  MAX_DATETIME_TICKS,
  TICKS_PER_DAY,
  TICKS_PER_HOUR,
  TICKS_PER_MINUTE,
  TICKS_PER_SECOND,
  UNIX_EPOCH_TICKS,
} from '../../model/ticks.js';
import { convert } from '../convert.js';
import type { Operand } from '../operand.js';
import type { CallFacts, Rule } from '../rule.js';

/** 9999-12-26 */
const LAST_WEEK = MAX_DATETIME_TICKS + 1n - 6n * TICKS_PER_DAY;

type Unit = 'day' | 'week' | 'month' | 'year';

/** `startofday(t, offset)` and its like. Weeks start on Sunday, unlike DuckDB's. */
function start(unit: Unit, shift: 0 | 1): Rule {
  return {
    args: ['datetime', 'long'],
    sql: ([time, offset], call) => {
      if (!time) return call.refuse(call.name, call.span);
      const moved = offset ? `(${offset.sql} + ${shift})` : String(shift);
      const plain = boundary(unit, time.sql, moved);
      const ticks = offset ? `TRY(${plain})` : plain; // an offset may lead out of time
      return instant(shift === 1 ? `${ticks} - 1` : ticks);
    },
  };
}

function boundary(unit: Unit, time: string, offset: string): string {
  // Day 0 of the calendar, 0001-01-01, is a Monday.
  if (unit === 'day') return `((${time} // ${TICKS_PER_DAY} + ${offset}) * ${TICKS_PER_DAY})`;
  if (unit === 'week') {
    return `((((${time} // ${TICKS_PER_DAY} + 1) // 7 + ${offset}) * 7 - 1) * ${TICKS_PER_DAY})`;
  }
  const moved =
    unit === 'month'
      ? `to_months(CAST(${offset} AS INTEGER))`
      : `to_years(CAST(${offset} AS INTEGER))`;
  return `kql_ticks(date_trunc('${unit}', kql_timestamp(${time})) + ${moved})`;
}

/** One field of the calendar, as DuckDB names it. */
function part(field: string): Rule {
  return { args: ['datetime'], sql: `CAST(datepart('${field}', kql_timestamp($1)) AS INTEGER)` };
}

const PARTS: Readonly<Record<string, string>> = {
  year: 'year',
  quarter: 'quarter',
  month: 'month',
  week_of_year: 'week',
  weekofyear: 'week',
  day: 'day',
  dayofyear: 'dayofyear',
  hour: 'hour',
  minute: 'minute',
  second: 'second',
};

/** Ticks that make one of a unit with a fixed length. */
const FIXED: Readonly<Record<string, bigint>> = {
  week: 7n * TICKS_PER_DAY,
  day: TICKS_PER_DAY,
  hour: TICKS_PER_HOUR,
  minute: TICKS_PER_MINUTE,
  second: TICKS_PER_SECOND,
  millisecond: 10_000n,
  microsecond: 10n,
};

const MONTHS: Readonly<Record<string, number>> = { year: 12, quarter: 3, month: 1 };

function datetimePart([unit, time]: readonly Operand[], call: CallFacts): string {
  const name = word(unit, call);
  const field = PARTS[name];
  if (field) return `CAST(datepart('${field}', kql_timestamp(${time?.sql})) AS INTEGER)`;
  if (name === 'nanosecond') return `CAST(${time?.sql} % ${TICKS_PER_SECOND} * 100 AS INTEGER)`;
  const below = { millisecond: 10_000n, microsecond: 10n }[name];
  if (!below) return call.refuse(`datetime_part("${name}")`, call.span);
  return `CAST(${time?.sql} % ${TICKS_PER_SECOND} // ${below} AS INTEGER)`;
}

function datetimeAdd([unit, amount, time]: readonly Operand[], call: CallFacts): string {
  const name = word(unit, call);
  const fixed = FIXED[name];
  if (fixed) return instant(`${time?.sql} + ${amount?.sql}::HUGEINT * ${fixed}`);
  if (name === 'nanosecond') return instant(`${time?.sql} + ${amount?.sql}::HUGEINT // 100`);
  const months = MONTHS[name] ?? call.refuse(`datetime_add("${name}")`, call.span);
  const moved = `kql_timestamp(${time?.sql}) + to_months(CAST(${amount?.sql} * ${months} AS INTEGER))`;
  return instant(`TRY(kql_ticks(${moved})) + ${time?.sql} % 10`);
}

/** How many borders of the unit lie between two times. */
function datetimeDiff([unit, later, earlier]: readonly Operand[], call: CallFacts): string {
  const name = word(unit, call);
  const count = (time: Operand | undefined) => {
    if (name === 'nanosecond') return `(${time?.sql}::HUGEINT * 100)`;
    if (name === 'week') return `((${time?.sql} // ${TICKS_PER_DAY} + 1) // 7)`;
    const fixed = FIXED[name];
    if (fixed) return `(${time?.sql} // ${fixed})`;
    if (!MONTHS[name]) return call.refuse(`datetime_diff("${name}")`, call.span);
    const at = `kql_timestamp(${time?.sql})`;
    if (name === 'year') return `year(${at})`;
    if (name === 'quarter') return `(year(${at}) * 4 + quarter(${at}))`;
    return `(year(${at}) * 12 + month(${at}))`;
  };
  return `CAST(${count(later)} - ${count(earlier)} AS BIGINT)`;
}

/** Ticks, unless they lie outside the calendar. */
function instant(sql: string): string {
  return `kql_instant((${sql})::HUGEINT)`;
}

function word(unit: Operand | undefined, call: CallFacts): string {
  if (typeof unit?.literal !== 'string') return call.refuse('a computed unit of time', call.span);
  return unit.literal.toLowerCase();
}

function makeDatetime(args: readonly Operand[]): string {
  const [year, month, day, hour = '0', minute = '0', second = '0e0'] = args.map(({ sql }) => sql);
  const date = `kql_ticks(TRY(make_timestamp(${year}, ${month}, ${day}, ${hour}, ${minute}, 0)))`;
  return `(CASE WHEN ${second} >= 0 AND ${second} < 60 AND ${year} BETWEEN 1 AND 9999 THEN ${date} END + CAST(round(${second} * 10000000) AS BIGINT))`;
}

function makeTimespan(args: readonly Operand[], call: CallFacts): string {
  if (args.length < 2) return call.refuse('make_timespan()', call.span);
  const [days, hours, minutes, seconds] = args.length === 4 ? args : [undefined, ...args];
  return `(${days ? `CAST(${days.sql} AS BIGINT) * ${TICKS_PER_DAY} + ` : ''}CAST(${hours?.sql} AS BIGINT) * ${TICKS_PER_HOUR}
    + CAST(${minutes?.sql} AS BIGINT) * ${TICKS_PER_MINUTE}${seconds ? ` + CAST(round(${seconds.sql} * 10000000) AS BIGINT)` : ''})`.replaceAll(
    /\s+/g,
    ' ',
  );
}

/** A count since 1970: `times / over` ticks each. */
function fromUnix(times: number, over = 1): Rule {
  return {
    args: ['any'],
    sql: ([count], call) => {
      if (!count) return call.refuse(`${call.name}()`, call.span);
      const isWhole = count.type === 'long' || count.type === 'int';
      const ticks = isWhole
        ? `${count.sql}::HUGEINT * ${times} // ${over}`
        : `TRY_CAST(round(${convert(count, 'real').sql} * ${times} / ${over}) AS HUGEINT)`;
      return instant(`${ticks} + ${UNIX_EPOCH_TICKS}`);
    },
  };
}

/** The clock of a place instead of that of Greenwich, or the other way round. */
function shifted(direction: 'utc_to_local' | 'local_to_utc'): Rule {
  return {
    args: ['datetime', 'string'],
    sql: ([time, zone], call) => {
      if (!time || typeof zone?.literal !== 'string' || !isTimeZone(zone.literal)) {
        return call.refuse('this time zone', call.span);
      }
      const at = (sql: string, place: string) => `(${sql} AT TIME ZONE ${place})`;
      const clock = `kql_timestamp(${time.sql})`;
      const [from, to] = direction === 'utc_to_local' ? ["'UTC'", zone.sql] : [zone.sql, "'UTC'"];
      return instant(`TRY(kql_ticks(${at(at(clock, from), to)})) + ${time.sql} % 10`);
    },
  };
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false; // how Intl says no
  }
}

export const DATETIME: Readonly<Record<string, Rule>> = {
  startofday: start('day', 0),
  startofweek: start('week', 0),
  startofmonth: start('month', 0),
  startofyear: start('year', 0),
  endofday: start('day', 1),
  endofweek: start('week', 1),
  endofmonth: start('month', 1),
  endofyear: start('year', 1),
  getyear: part('year'),
  getmonth: part('month'),
  monthofyear: part('month'),
  dayofmonth: part('day'),
  dayofyear: part('dayofyear'),
  hourofday: part('hour'),
  weekofyear: part('week'),
  week_of_year: part('week'),
  // Of the week that the calendar breaks off in Kusto has no days.
  dayofweek: {
    args: ['datetime'],
    sql: `CASE WHEN $1 < ${LAST_WEEK} THEN ($1 // ${TICKS_PER_DAY} + 1) % 7 * ${TICKS_PER_DAY} END`,
  },
  datetime_local_to_utc: shifted('local_to_utc'),
  datetime_utc_to_local: shifted('utc_to_local'),
  datetime_part: { args: ['string', 'datetime'], sql: datetimePart },
  datepart: { args: ['string', 'datetime'], sql: datetimePart },
  datetime_add: { args: ['string', 'long', 'datetime'], sql: datetimeAdd },
  datetime_diff: { args: ['string', 'datetime', 'datetime'], sql: datetimeDiff },
  make_datetime: { args: ['int', 'int', 'int', 'int', 'int', 'real'], sql: makeDatetime },
  make_timespan: { args: ['real'], sql: makeTimespan },
  unixtime_seconds_todatetime: fromUnix(10_000_000),
  unixtime_milliseconds_todatetime: fromUnix(10_000),
  unixtime_microseconds_todatetime: fromUnix(10),
  unixtime_nanoseconds_todatetime: fromUnix(1, 100),
};
