import type { ScaffoldFile } from '../use-cases/scaffold/scaffold-file.js';
import { escapeControls } from './escape.js';
import type { TextView } from './view.js';

/** The file as it is. */
export const scaffoldView: TextView<ScaffoldFile> = {
  text: ({ content }) => escapeControls(content.trimEnd(), 'newlines'),
};
