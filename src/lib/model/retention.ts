/*
 * How long a table of a Log Analytics workspace may keep its rows.
 * Known from: documented, "Manage data retention in a Log Analytics workspace".
 */

const FEWEST_DAYS = 4;
const MOST_DAYS = 730;
/** Behind two years, whole ones only. */
const LONG_TOTALS = [1095, 1460, 1826, 2191, 2556, 2922, 3288, 3653, 4018, 4383];

/** What shorter retention saves nothing, by whether the table is one of Application Insights. */
export const FREE_DAYS = { telemetry: 90, other: 31 } as const;

/** Whether rows can be queried for so many days. */
export function isRetention(days: number): boolean {
  return Number.isInteger(days) && days >= FEWEST_DAYS && days <= MOST_DAYS;
}

/** Whether rows can be kept for so many days in all. */
export function isTotal(days: number): boolean {
  return isRetention(days) || LONG_TOTALS.includes(days);
}

/** The totals next to one that Azure does not have: that below, that above. */
export function nearestTotals(days: number): readonly number[] {
  const totals = [FEWEST_DAYS, MOST_DAYS, ...LONG_TOTALS];
  const below = totals.filter((total) => total < days).at(-1);
  const above = totals.find((total) => total > days);
  return [below, above].filter((total) => total !== undefined);
}
