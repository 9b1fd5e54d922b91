import type { RememberedSignIn } from '../host.js';
import type { Caller } from '../use-cases/who-am-i.js';
import { escapeControls } from './escape.js';
import { factLines } from './fact-lines.js';
import type { TextView } from './view.js';

export const signedInView: TextView<RememberedSignIn> = {
  text: ({ account, tenantId }, style) =>
    `Signed in as ${style.bold(escapeControls(account))} in tenant ${escapeControls(tenantId)}.`,
};

export const signedOutView: TextView<{ readonly removed: boolean }> = {
  text: ({ removed }) =>
    removed ? 'Signed out: nothing of the sign-in is left here.' : 'No sign-in was remembered.',
};

export const whoAmIView: TextView<Caller> = {
  text(caller, style) {
    const { account, auth, tenantId, expiresOn, sources } = caller;
    const who = `${style.bold(escapeControls(account))} in tenant ${escapeControls(tenantId)}`;
    const from = (name: string) => sources[name] ?? null;
    return [
      `Signed in as ${who} (${auth}).`,
      ...factLines(
        [
          ['token until', expiresOn.toISOString(), null],
          ['cloud', caller.cloud, from('cloud')],
          ['subscription', caller.subscriptionId, from('subscriptionId')],
          ['resource group', caller.resourceGroup, from('resourceGroup')],
          ['workspace', caller.workspaceName, from('workspaceName')],
          ['service', caller.service, from('service')],
        ],
        style,
      ),
    ].join('\n');
  },
};
