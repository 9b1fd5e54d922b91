import { compile, type JSONValue, search } from '@jmespath-community/jmespath';
import { CliError } from '../errors.js';

/** @throws {CliError} `usage` if it is not JMESPath: known before anything is asked or changed */
export function checkJmesPath(expression: string): void {
  orUsage(expression, () => compile(expression));
}

/** What the expression selects. @throws {CliError} `usage` if it does not fit the result */
export function selectByJmesPath(json: string, expression: string): JSONValue {
  return orUsage(expression, () => search(JSON.parse(json), expression));
}

/** The library throws plain errors, and every one of them is about the expression. */
function orUsage<T>(expression: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CliError(
      'usage',
      `--query ${JSON.stringify(expression)} does not work: ${reason.replace(/\.$/, '')}.`,
      {
        hint: 'It is JMESPath over what -o json prints, for example [].service. See jmespath.org.',
      },
      cause,
    );
  }
}
