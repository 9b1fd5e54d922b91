import { type Target, targetName } from '../model/target.js';
import type { Style } from './style.js';
import type { TableView, ViewColumn } from './view.js';

const COLUMNS: readonly ViewColumn<Target>[] = [
  {
    heading: 'SERVICE',
    cell: targetName,
    whole: true,
    paint: (text, _, style) => style.bold(text),
  },
  { heading: 'KIND', cell: ({ api, computeType }) => `${api} ${computeType}` },
  { heading: 'STATE', cell: ({ state }) => state ?? '', paint: paintState },
  {
    heading: 'INSIGHTS',
    cell: ({ insights }) => (insights ? 'on' : 'off'),
    paint: (text, { insights }, style) => paintSwitch(text, insights, style),
  },
  {
    heading: 'COLLECTION',
    cell: collectionText,
    paint: (text, { collection }, style) => paintSwitch(text, collection, style),
  },
];

const WIDE: readonly ViewColumn<Target>[] = [
  { heading: 'REPLICAS', cell: ({ replicas }) => String(replicas ?? ''), align: 'right' },
  { heading: 'SCORING URI', cell: ({ scoringUri }) => scoringUri ?? '', whole: true },
];

const empty = 'This workspace has no services.';

/** A line for each target. */
export const listView: TableView<Target> = { columns: COLUMNS, empty };

/** The same with the number of replicas and the scoring URI. */
export const wideListView: TableView<Target> = { columns: [...COLUMNS, ...WIDE], empty };

/** `on: request, response at 10%` for v2, whose collections have names; `on` for v1. */
export function collectionText({ collection, collections }: Target): string {
  if (!collection) return 'off';
  const enabled = collections.filter((each) => each.enabled);
  if (enabled.length === 0) return 'on';
  const texts = enabled.map(({ name, samplingRate }) =>
    samplingRate === 1 ? name : `${name} at ${Math.round(samplingRate * 1e6) / 1e4}%`,
  );
  return `on: ${texts.join(', ')}`;
}

export function paintSwitch(text: string, isOn: boolean, style: Style): string {
  return isOn ? style.green(text) : style.dim(text);
}

export function paintState(text: string, { state }: Pick<Target, 'state'>, style: Style): string {
  if (state === null || /^(healthy|succeeded)$/i.test(state)) return text;
  return /fail|unhealthy|cancel|unschedul|timedout/i.test(state)
    ? style.red(text)
    : style.yellow(text);
}
