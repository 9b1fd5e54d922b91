import { json } from '../answers.js';
import { isObject, readObject } from '../resources/resources.js';
import { type Call, type Route, route } from '../router.js';

/**
 * The switches of the local cloud itself: `GET /local/behaviour` shows `behaviour` of the state, `PATCH` merges
 * a JSON object into it. Azure has nothing of the kind.
 */
export const behaviourRoutes: readonly Route[] = [
  route('GET', '/local/behaviour', async ({ cloud }) =>
    json((await cloud.store.read()).facts.behaviour),
  ),
  route('PATCH', '/local/behaviour', change),
];

async function change(call: Call): Promise<Response> {
  // A page in a browser cannot send this type to another origin unasked.
  if (!call.request.headers.get('content-type')?.includes('json')) return json({}, { status: 415 });
  const { value } = await readObject(call);
  return call.cloud.store.update(({ facts }) => {
    mergeBehaviour(facts.behaviour, value);
    return json(facts.behaviour);
  });
}

/** Members of objects one by one; anything else as a whole. */
export function mergeBehaviour(target: object, changes: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(changes)) {
    if (name === '__proto__') continue;
    const known: unknown = Object.hasOwn(target, name) ? Reflect.get(target, name) : undefined;
    if (isObject(known) && isObject(value)) mergeBehaviour(known, value);
    else Reflect.set(target, name, value);
  }
}
