import { targetName } from '../model/target.js';
import type { Outcome } from '../use-cases/change-each.js';
import { escapeControls } from './escape.js';
import type { Style } from './style.js';
import type { View } from './view.js';

export const insightsView: View<Outcome> = {
  text: (outcome, style) => switchText('Application Insights', outcome.insights, outcome, style),
};

/** One switched target as a sentence; undefined for one that failed, of which stderr says why. */
export function switchText(
  what: string,
  isOn: boolean,
  outcome: Outcome,
  style: Style,
): string | undefined {
  if (outcome.error) return undefined;
  const state = isOn ? style.green('on') : style.yellow('off');
  const name = style.bold(escapeControls(targetName(outcome)));
  if (!outcome.changed) return `${what} is already ${state} for ${name}.`;
  if (outcome.applied) return `${what} is now ${state} for ${name}.`;
  return `${what} is being turned ${state} for ${name}; Azure took the change and applies it.`;
}
