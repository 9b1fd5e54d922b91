import { InvalidArgumentError, Option } from '@commander-js/extra-typings';

/** What every command that asks Application Insights takes; a new one each time. */
export function componentOption() {
  return new Option(
    '--component <id>',
    'resource id of a component, instead of the workspace’s own',
  ).argParser(parseResourceId);
}

function parseResourceId(text: string): string {
  if (/^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/[^/]+\/.+/i.test(text))
    return text;
  throw new InvalidArgumentError(
    'It must be a resource id: /subscriptions/…/providers/microsoft.insights/components/NAME.',
  );
}
