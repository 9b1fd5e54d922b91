import type { Refusal } from '../answers.js';
import type { State } from '../state/state.js';

/**
 * Refuses an action of Azure's role-based access control, such as `Microsoft.Storage/storageAccounts/read`, that
 * `deniedActions` of the state names; `*` at the end of a name there stands for any rest.
 *
 * @throws what `refuse` makes
 */
export function assertAllowed({ facts }: State, action: string, refuse: () => Refusal): void {
  const wanted = action.toLowerCase();
  const isDenied = facts.behaviour.deniedActions.some((denied) => {
    const name = denied.toLowerCase();
    return name.endsWith('*') ? wanted.startsWith(name.slice(0, -1)) : wanted === name;
  });
  if (isDenied) throw refuse();
}

/** The action that a request to ARM is: the types in its path, and what its method does. */
export function actionOf(method: string, path: string): string {
  const [scope = '', ...below] = path.replace(/\/+$/, '').split(/\/providers\//i);
  const [namespace, ...names] = (below.at(-1) ?? `Microsoft.Resources${scope}`).split('/');
  const types = names.filter((_, at) => at % 2 === 0);
  const verb = { GET: 'read', HEAD: 'read', DELETE: 'delete', POST: 'action' }[method] ?? 'write';
  return [namespace, ...types, verb].join('/');
}
