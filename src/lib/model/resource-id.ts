/** What a resource is called: the last part of its id. */
export function resourceName(resourceId: string): string {
  return resourceId.slice(resourceId.lastIndexOf('/') + 1);
}
