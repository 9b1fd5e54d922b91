import { armFault, Dropped, Refusal } from './answers.js';
import type { Cloud } from './cloud.js';
import { failureAnswer } from './failures.js';

/** One request and the cloud that it reached. */
export interface Call {
  readonly request: Request;
  readonly url: URL;
  /** Where this cloud is for the caller, such as `https://localhost:8443`. */
  readonly origin: string;
  readonly now: Date;
  readonly cloud: Cloud;
  /** What the cloud makes up for once a caller is known to be allowed what it asks. */
  readonly admitted: () => Promise<void>;
}

export type Handler = (
  call: Call,
  path: Readonly<Record<string, string>>,
) => Response | Promise<Response>;

export interface Route {
  readonly methods: readonly string[];
  readonly pattern: RegExp;
  readonly handler: Handler;
}

/**
 * @param template a path in which `{name}` stands for one segment, `{name*}` for any number of them, and
 * `//` for one slash or more. Case does not count: ARM's names have none.
 */
export function route(methods: string, template: string, handler: Handler): Route {
  const source = template.replace(
    /\{(\w+)(\*?)\}|\/\/|[.*+?^${}()|[\]\\]/g,
    (found, name, many) => {
      if (found === '//') return '/+';
      if (!name) return `\\${found}`;
      return many ? `(?<${name}>.*)` : `(?<${name}>[^/]+)`;
    },
  );
  return { methods: methods.split(' '), pattern: new RegExp(`^${source}/?$`, 'i'), handler };
}

/** Answers with the first route that fits. @throws {Dropped} where the connection is to break */
export async function dispatch(routes: readonly Route[], call: Call): Promise<Response> {
  const { request, url } = call;
  try {
    let known = false;
    for (const { methods, pattern, handler } of routes) {
      const match = pattern.exec(url.pathname);
      if (!match) continue;
      known = true;
      if (methods.includes(request.method)) return await handler(call, decode(match.groups ?? {}));
    }
    const where = `${request.method} ${url.pathname}`;
    return known
      ? armFault({
          status: 405,
          code: 'MethodNotAllowed',
          message: `The local cloud has no ${where}.`,
        }).response
      : armFault({
          status: 404,
          code: 'InvalidResourceType',
          message: `The local cloud has no ${where}.`,
        }).response;
  } catch (error) {
    if (error instanceof Refusal) return error.response;
    if (error instanceof Dropped) throw error;
    return failureAnswer(call, error);
  }
}

function decode(groups: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(groups).map(([name, value = '']) => {
      try {
        return [name, decodeURIComponent(value)];
      } catch {
        throw armFault({ status: 400, code: 'BadRequest', message: 'The path is not valid.' });
      }
    }),
  );
}
