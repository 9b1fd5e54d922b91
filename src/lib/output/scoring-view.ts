import type { Scoring } from '../use-cases/score.js';
import { escapeControls } from './escape.js';
import { toJson } from './json-text.js';
import type { TextView } from './view.js';

export const scoringView: TextView<Scoring> = {
  text({ status, requestId, response }, style) {
    const text = typeof response === 'string' ? response : toJson(response, 0);
    const code = status < 400 ? style.green(status) : style.red(status);
    return `${code}  ${style.dim(requestId)}  ${escapeControls(text)}`;
  },
};
