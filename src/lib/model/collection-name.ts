/** Of collections that share a folder, so that what is whose cannot be told. */
export function sharedName(names: readonly string[]): string {
  return [...new Set(names)].sort().join('+');
}

/** Whether a collection has this name, in any case, alone or beside others. */
export function hasName(collection: string, name: string): boolean {
  const all = collection.toLowerCase();
  return [all, ...all.split('+')].includes(name.toLowerCase());
}
