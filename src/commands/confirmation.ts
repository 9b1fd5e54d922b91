import type { Host } from '../lib/host.js';
import { escapeControls } from '../lib/output/escape.js';
import type { Settings } from '../lib/settings.js';

/** Asks on the terminal whether a change is wanted; undefined where no question is wanted or possible. */
export function confirmation(
  host: Pick<Host, 'prompt'>,
  { mayPrompt }: Pick<Settings, 'mayPrompt'>,
  { yes }: { readonly yes?: true | undefined },
): ((question: string) => Promise<boolean>) | undefined {
  if (!mayPrompt || yes) return undefined;
  return (question) => host.prompt.confirm(escapeControls(question));
}
