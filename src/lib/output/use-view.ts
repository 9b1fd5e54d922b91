import type { OwnSettings } from '../settings/own-settings.js';
import { factLines } from './fact-lines.js';
import type { TextView } from './view.js';

const NAMES: readonly (readonly [label: string, name: keyof OwnSettings])[] = [
  ['cloud', 'cloud'],
  ['tenant', 'tenantId'],
  ['subscription', 'subscriptionId'],
  ['resource group', 'resourceGroup'],
  ['workspace', 'workspaceName'],
  ['service', 'service'],
];

export const ownSettingsView: TextView<OwnSettings> = {
  text(settings, style) {
    const facts = NAMES.flatMap(([label, name]) => {
      const value = settings[name];
      return value === undefined ? [] : [[label, value, null] as const];
    });
    if (facts.length === 0) return 'Nothing is remembered.';
    return ['Remembered:', ...factLines(facts, style)].join('\n');
  },
};
