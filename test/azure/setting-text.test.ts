import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bodyOf, readSettingText } from '../../src/lib/azure/diagnostics/setting-text.js';
import { type Member, object, unknown, weave } from './odd-json.js';

const READ_ONLY: readonly Member[] = [
  ['id', '"/x"', ' '],
  ['name', '"mine"', ''],
  ['type', '"Microsoft.Insights/diagnosticSettings"', '\n'],
  ['systemData', '{"n":1.0}', ''],
];

test('the PUT is the GET but for what the edit names and the members that only Azure writes', () => {
  fc.assert(
    fc.property(
      unknown(['id', 'name', 'type', 'systemData', 'properties']),
      unknown(['logs', 'storageAccountId']),
      unknown(['category', 'categoryGroup', 'enabled']),
      fc.nat(50),
      fc.boolean(),
      (top, inner, line, seed, enabled) => {
        const build = (isOn: boolean, account: string, isWhole: boolean) => {
          const traces = object(
            weave(
              line,
              [
                ['category', '"apptraces"', ' '],
                ['enabled', String(isOn), ''],
              ],
              seed,
            ),
          );
          const logs = `[ {"categoryGroup":"audit","enabled":1.0}, ${traces} ]`;
          const known: readonly Member[] = [
            ['logs', logs, ' '],
            ['storageAccountId', account, ''],
          ];
          const members: Member[] = [
            ...weave(top, [['properties', object(weave(inner, known, seed)), '']], seed),
          ];
          return object(isWhole ? [...members, ...READ_ONLY] : members);
        };
        const body = bodyOf(
          {
            storageAccountId: '/new',
            logs: [
              { name: 'AppTraces', of: 'category', enabled },
              { name: 'AppRequests', of: 'category', enabled: false },
            ],
          },
          readSettingText(build(!enabled, 'null', true)),
        );
        expect(body).toBe(build(enabled, '"/new"', false));
      },
    ),
  );
});

test('what on has added, off takes away again to the byte', () => {
  fc.assert(
    fc.property(unknown(['logs', 'storageAccountId']), fc.nat(50), (inner, seed) => {
      const logs = '[{"category":"AppTraces","enabled":true} ]';
      const known: Member[] = [['logs', logs, '\n ']];
      const before = `{"properties" : ${object(weave(inner, known, seed))}}`;
      const on = bodyOf({ storageAccountId: '/x', logs: [] }, readSettingText(before));
      expect(on).not.toBe(before);
      expect(bodyOf({ storageAccountId: null, logs: [] }, readSettingText(on))).toBe(before);
    }),
  );
});

test.each([
  ['{"properties":{}}', '{"properties":{"logs":[{"category":"A","enabled":true}]}}'],
  ['{"properties":{"logs":null}}', '{"properties":{"logs":[{"category":"A","enabled":true}]}}'],
  ['{"properties":{"logs":[]}}', '{"properties":{"logs":[{"category":"A","enabled":true}]}}'],
  [
    '{"properties":{"logs":[{"category":"A"}]}}',
    '{"properties":{"logs":[{"category":"A","enabled":true}]}}',
  ],
])('a category is turned on in %s', (text, expected) => {
  const logs = [{ name: 'A', of: 'category', enabled: true }] as const;
  expect(bodyOf({ logs }, readSettingText(text)).replaceAll(/\s/g, '')).toBe(expected);
});

test.each(['', '[]', '{"a":1,"a":2}', '{"properties":'])('%j is refused', (text) => {
  expect(() => readSettingText(text)).toThrow("Azure's answer for the diagnostic setting");
});

const TWICE =
  '{"properties":{"logs":[{"category":"A","enabled":false},{"category":"a","enabled":true},{"category":"A","enabled":true}]}}';

test('off turns off every line of a category', () => {
  const logs = [{ name: 'A', of: 'category', enabled: false }] as const;
  expect(bodyOf({ logs }, readSettingText(TWICE))).toBe(TWICE.replaceAll('true', 'false'));
});

test('on leaves a category alone that any of its lines has on', () => {
  const logs = [{ name: 'A', of: 'category', enabled: true }] as const;
  expect(bodyOf({ logs }, readSettingText(TWICE))).toBe(TWICE);
});
