import { CliError } from '../../errors.js';
import type { SignIn } from '../../host.js';
import { untilAborted } from '../until-aborted.js';
import {
  type CredentialOptions,
  createUserCredential,
  identityOptions,
} from './credential-sources.js';
import { createSignInClient, explainFailure } from './sign-in-client.js';
import type { SignInStore } from './sign-in-store.js';

export interface SignInOptions extends Omit<CredentialOptions, 'cloud' | 'transport'> {
  readonly store: SignInStore;
  /** Asks the cloud where it is, if that has to be asked. */
  readonly reach: () => Promise<Pick<CredentialOptions, 'cloud' | 'transport'>>;
}

/** Signs a person in and remembers it. */
export function createSignIn(options: SignInOptions): SignIn {
  const { store, reach, env, settings, signal } = options;
  return {
    async login(method) {
      const { cloud, transport } = await reach();
      const signIn = createSignInClient(transport, cloud, env, method);
      const shared = identityOptions(cloud, signIn.client);
      const credential = await createUserCredential(method, options, shared, undefined);
      try {
        const asked = credential.authenticate(cloud.armScope, {
          abortSignal: signal,
          enableCae: true,
        });
        // The SDK itself waits on for the browser.
        const record = await untilAborted(asked, signal);
        if (record === undefined) throw new CliError('auth', 'The sign-in gave no account.');
        const tenantId = settings.tenantId ?? record.tenantId;
        await store.save({ method, authority: cloud.authority, tenantId, record });
        return { account: record.username, tenantId };
      } catch (error) {
        signal.throwIfAborted();
        throw explainFailure(error, method, signIn.lastFailure());
      }
    },
    logout: () => store.clear(),
  };
}
