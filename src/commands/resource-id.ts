import { InvalidArgumentError } from '@commander-js/extra-typings';

/** For an option that takes a full ARM id. */
export function parseResourceId(text: string): string {
  if (/^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/[^/]+\/.+/i.test(text))
    return text;
  throw new InvalidArgumentError(
    'It must be a resource id: /subscriptions/…/providers/microsoft.insights/components/NAME.',
  );
}
