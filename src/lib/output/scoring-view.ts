import type { Scoring } from '../use-cases/score.js';
import { escapeControls } from './escape.js';
import { toJson } from './json-text.js';
import type { TextView } from './view.js';

/** @param most how many answers of each status are shown */
export function scoringView(most: number): TextView<Scoring> {
  const shown = new Map<number, number>();
  return {
    text({ status, requestId, response }, style) {
      const number = (shown.get(status) ?? 0) + 1;
      shown.set(status, number);
      if (number > most) return undefined;
      const text = typeof response === 'string' ? response : toJson(response, 0);
      const code = status < 400 ? style.green(status) : style.red(status);
      return `${code}  ${style.dim(requestId)}  ${escapeControls(text)}`;
    },
  };
}
