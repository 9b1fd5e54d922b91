import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changeCollection } from '../../src/lib/azure/deployments/data-collector.js';
import { putBody, readDeploymentText } from '../../src/lib/azure/deployments/deployment-text.js';
import { withValue } from '../../src/lib/azure/json-text.js';
import { type Member, object, unknown, weave } from './odd-json.js';

const READ_ONLY: readonly Member[] = [
  ['id', '"/subscriptions/x"', ''],
  ['name', '"blue"', ''],
  ['type', '"t"', ' '],
  ['systemData', '{"createdAt":"2025-01-01T00:00:00.1234567Z"}', ''],
];

test('the PUT is the GET but for one value and the members that only Azure writes', () => {
  fc.assert(
    fc.property(
      unknown(['id', 'name', 'type', 'systemData', 'properties', 'identity']),
      unknown(['appInsightsEnabled', 'provisioningState']),
      unknown(['principalId', 'tenantId', 'userAssignedIdentities']),
      fc.nat(50),
      fc.boolean(),
      (top, inner, identity, seed, insights) => {
        const build = (value: string, isWhole: boolean) => {
          const state: readonly Member[] = [['provisioningState', '"Succeeded"', ' ']];
          const ids: readonly Member[] = [
            ['principalId', '"p"', ''],
            ['tenantId', '"t"', ''],
          ];
          const user = isWhole ? '{"principalId":"p","clientId":"c","keep":1.0}' : '{"keep":1.0}';
          const users: Member = [
            'userAssignedIdentities',
            `{"/id/one":${user},"/id/two":null}`,
            '',
          ];
          const only = (members: readonly Member[]) => (isWhole ? members : []);
          const properties = object([...only(state), ...inner, ['appInsightsEnabled', value, '']]);
          return object(
            weave(
              [
                ...top,
                ['identity', object([...only(ids), ...identity, users]), ''],
                ['properties', properties, ' '],
              ],
              only(READ_ONLY),
              isWhole ? 0 : seed,
            ),
          );
        };
        const got = build(String(!insights), true);
        const sent = putBody(
          withValue(readDeploymentText(got), ['properties', 'appInsightsEnabled'], insights),
        );
        expect(squeeze(sent)).toBe(squeeze(build(String(insights), false)));
      },
    ),
    { numRuns: 300 },
  );
});

/** A deployment with these in its properties. */
const properties = (members: readonly Member[]) =>
  object([
    ['properties', object(members), ''],
    ['zone', '1.0', ''],
  ]);

test('a setting that is null is replaced where it stands; an absent one is put behind the others', () => {
  fc.assert(
    fc.property(unknown(['appInsightsEnabled']), fc.nat(50), (others, seed) => {
      const at = (value: string) =>
        properties(weave(others, [['appInsightsEnabled', value, '']], seed));
      const path = ['properties', 'appInsightsEnabled'];
      expect(withValue(readDeploymentText(at('null')), path, true).text).toBe(at('true'));

      const behind = (value: string) =>
        squeeze(properties([...others, ['appInsightsEnabled', value, '']]));
      const added = withValue(readDeploymentText(properties(others)), path, true);
      expect(squeeze(added.text)).toBe(behind('true'));
      expect(squeeze(withValue(added, path, false).text)).toBe(behind('false'));
    }),
    { numRuns: 200 },
  );
});

/** Ways to collect nothing yet, each with what it is once requests and responses are collected. */
const BOTH =
  '{"request":{"dataCollectionMode":"Enabled","dataId":"request"},"response":{"dataCollectionMode":"Enabled","dataId":"response"}}';
test.each([
  ['null', `{"collections":${BOTH}}`],
  ['{}', `{"collections":${BOTH}}`],
  ['{"rollingRate":"Day","x":1.0}', `{"rollingRate":"Day","x":1.0,"collections":${BOTH}}`],
  ['{"collections":null,"x":1.0}', `{"collections":${BOTH},"x":1.0}`],
  ['{"collections":{},"x":[]}', `{"collections":${BOTH},"x":[]}`],
  ['{"collections":{"request":null}}', `{"collections":${BOTH}}`],
])('a collector of %s collects requests and responses once it is on', (collector, on) => {
  const got = readDeploymentText(properties([['dataCollector', collector, '']]));
  expect(squeeze(changeCollection(got, { to: 'on' }, String).text)).toBe(
    properties([['dataCollector', on, '']]),
  );
  expect(changeCollection(got, { to: 'off' }, String).text).toBe(got.text);
});

test('a collector that is absent is put behind the other members', () => {
  const got = readDeploymentText(properties([['description', 'null', '']]));
  const on = properties([
    ['description', 'null', ''],
    ['dataCollector', `{"collections":${BOTH}}`, ''],
  ]);
  expect(squeeze(changeCollection(got, { to: 'on' }, String).text)).toBe(on);
});

test('where no object is, nothing is put into it', () => {
  for (const text of ['{"properties":null}', '{"properties":[]}', '{"properties":"x"}']) {
    expect(() => withValue(readDeploymentText(text), ['properties', 'x'], true), text).toThrow(
      'where an object belongs',
    );
  }
});

test('a member that is there twice is refused: readers differ in which one counts', () => {
  for (const text of ['{"a":1,"a":1}', '{"x":[{"a":1,"\\u0061":2}]}']) {
    expect(() => readDeploymentText(text), text).toThrow('has "a" twice');
  }
  for (const text of [
    '{"a":{"a":1},"A":1}',
    '{"x":[1,1,{"b":1},{"b":1}]}',
    '{"a.b":1,"a":{"b":1}}',
  ]) {
    expect(readDeploymentText(text).text).toBe(text);
  }
});

/** Without the white space between tokens: what stood around a removed member may go with it. */
function squeeze(text: string): string {
  return text.replace(/("(?:[^"\\]|\\.)*")|\s+/gs, (_, string: string | undefined) => string ?? '');
}

test('collection off and on again restores the text, and touches nothing else on the way', () => {
  fc.assert(
    fc.property(
      unknown(['dataCollector']),
      unknown(['collections', 'rollingRate']),
      fc.uniqueArray(
        fc.tuple(
          fc.constantFrom('request', 'response', 'inputs', 'x y'),
          unknown(['dataCollectionMode']),
        ),
        {
          minLength: 1,
          selector: ([name]) => name,
        },
      ),
      fc.constantFrom('Enabled', 'enabled'),
      (inner, collector, collections, mode) => {
        const build = (word: string) => {
          const set = collections.map(
            ([name, members]): Member => [
              name,
              object([...members, ['dataCollectionMode', `"${word}"`, ' ']]),
              '',
            ],
          );
          const dataCollector = object([...collector, ['collections', object(set), '\n']]);
          const properties = object([...inner, ['dataCollector', dataCollector, '']]);
          return object([['properties', properties, '']]);
        };
        const got = readDeploymentText(build(mode));
        const off = changeCollection(got, { to: 'off' }, String);
        expect(off.text).toBe(build(mode === 'Enabled' ? 'Disabled' : 'disabled'));
        expect(changeCollection(off, { to: 'on' }, String).text).toBe(got.text);
      },
    ),
    { numRuns: 300 },
  );
});

const collecting = readDeploymentText(
  '{"properties":{"dataCollector":{"collections":{"request":{"dataCollectionMode":"Enabled","samplingRate":1.0},"inputs":{"dataCollectionMode":"Disabled","clientId":null}},"rollingRate":"Hour"}}}',
);

test('only the named collections change, and only in what is named', () => {
  const change = { to: 'on', collections: ['inputs'], samplingRate: 0.5 } as const;
  expect(changeCollection(collecting, change, String).text).toBe(
    collecting.text.replace(
      '"Disabled","clientId":null',
      '"Enabled","clientId":null,"samplingRate": 0.5',
    ),
  );
  const same = {
    to: 'on',
    collections: ['request'],
    samplingRate: 1,
    rollingRate: 'Hour',
  } as const;
  expect(changeCollection(collecting, same, String).text).toBe(collecting.text);
});

test('a collection that is not there is added behind the others; off of it is refused', () => {
  const added = changeCollection(collecting, { to: 'on', collections: ['extra'] }, () => '/data/1');
  expect(added.text).toBe(
    collecting.text.replace(
      '"clientId":null}',
      '"clientId":null},"extra": {"dataCollectionMode":"Enabled","dataId":"/data/1"}',
    ),
  );
  expect(() => changeCollection(collecting, { to: 'off', collections: ['extra'] }, String)).toThrow(
    'There is no collection "extra" to switch off.',
  );
});

test('forget sends null, where there is something to forget', () => {
  const forgotten = changeCollection(collecting, { to: 'forget' }, String);
  expect(forgotten.text).toBe('{"properties":{"dataCollector":null}}');
  expect(changeCollection(forgotten, { to: 'forget' }, String).text).toBe(forgotten.text);
  expect(changeCollection(forgotten, { to: 'off' }, String).text).toBe(forgotten.text);
});

test('a text that is not whole JSON is refused before anything is made of it', () => {
  for (const text of ['', '[]', '{"properties":{"a":1}', '{"a":1,}', '{"a":1}//', '{"a":tru}']) {
    expect(() => readDeploymentText(text), text).toThrow('is not a JSON object');
  }
});
