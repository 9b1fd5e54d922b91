import { closest, distance } from 'fastest-levenshtein';

/** A few of the names, and how many more there are. */
export function shortList(names: readonly string[], most = 10): string {
  const more = names.length - most;
  return more > 0 ? `${names.slice(0, most).join(', ')} and ${more} more` : names.join(', ');
}

/** The next step for a name that none of these is: the nearest of them if one is near, else what there is. */
export function suggestion(name: string, names: readonly string[], most?: number): string {
  const near = closest(name, [...names]);
  if (distance(name, near) <= Math.max(2, name.length / 3)) return `Did you mean ${near}?`;
  return `It has ${shortList(names, most)}.`;
}
