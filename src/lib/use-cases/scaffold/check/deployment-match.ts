import type { PythonScript } from '../../../python/script.js';
import { PAYLOADS } from '../plan-scaffold.js';
import { argumentOf, type Collector } from './collectors.js';
import type { Deployed } from './deployed.js';
import type { Remark } from './finding.js';
import { headOf } from './places.js';

/** Whether what a script collects and prints is also wanted where it is deployed, and the other way round. */
export function matchRemarks(
  script: PythonScript,
  collectors: readonly Collector[],
  deployed: Deployed,
): readonly Remark[] {
  const { name, api, insights, collection } = deployed;
  const remarks: Remark[] = [];
  const [first] = collectors.filter((each) => each.api === api);
  if (!insights) {
    remarks.push({
      id: 'app-insights-off',
      at: headOf(script, 'run'),
      message: `Application Insights is off in ${name}: it gets nothing of what is printed.`,
      fix: 'Turn it on: app_insights_enabled: true, or aml-monitor enable-insights.',
    });
  }
  if (first && !collection) {
    remarks.push({
      id: 'collection-off',
      at: first.call.node,
      message: `Model data collection is off in ${name}: collectors collect nothing.`,
      fix: 'Turn it on: aml-monitor collect on.',
    });
  }
  return api === 'v2' ? [...remarks, ...nameRemarks(script, collectors, deployed)] : remarks;
}

function nameRemarks(
  script: PythonScript,
  collectors: readonly Collector[],
  { name: deployment, collections, collection }: Deployed,
): readonly Remark[] {
  const own = collectors.filter(({ api }) => api === 'v2');
  const known = collections.map(({ name }) => name);
  const remarks = own.flatMap((collector): Remark[] => {
    const { name, call } = collector;
    if (name === undefined) return [];
    const at = argumentOf(call, 'v2', 'name') ?? call.node;
    const found = collections.find((each) => each.name === name);
    if (found?.enabled) return [];
    if (found) {
      // That everything is off is said once.
      if (!collection) return [];
      const message = `The collection "${name}" is disabled in ${deployment}: its data is not collected.`;
      return [{ id: 'collector-disabled', at, message, fix: 'Enable it there.' }];
    }
    const has = known.length > 0 ? `has ${known.join(', ')}` : 'has none';
    const message = `${deployment} has no collection "${name}", so its data is not collected.`;
    const fix = `Use the name of a collection, or add one: ${deployment} ${has}.`;
    return [{ id: 'collector-not-in-deployment', at, message, fix }];
  });
  if (own.some(({ name }) => name === undefined)) return remarks;
  const idle = collections.filter(
    ({ name, enabled }) =>
      enabled && !PAYLOADS.includes(name) && own.every((collector) => collector.name !== name),
  );
  return [
    ...remarks,
    ...idle.map(({ name }): Remark => {
      return {
        id: 'collection-without-collector',
        at: headOf(script, 'init'),
        message: `${deployment} collects "${name}", for which this script has no collector.`,
        fix: `Add Collector(name="${name}", on_error=…), or disable the collection.`,
      };
    }),
  ];
}
