import { memberText, removeMember, setMember } from './json-text.js';
import { isObject } from './resources.js';

/** Why a JSON Patch cannot be applied. */
export class PatchError extends Error {
  override readonly name = 'PatchError';
}

/**
 * Applies a JSON Patch (RFC 6902; add, replace, remove, test on members of objects) to JSON text and leaves the
 * rest of the text alone.
 *
 * @throws {PatchError}
 */
export function applyPatch(text: string, patch: unknown): string {
  if (!Array.isArray(patch) || patch.length === 0) throw new PatchError('The patch is empty.');
  return patch.reduce<string>((at, step: unknown) => applyStep(at, step), text);
}

function applyStep(text: string, step: unknown): string {
  if (!isObject(step) || typeof step.path !== 'string' || !step.path.startsWith('/')) {
    throw new PatchError('A step of the patch has no path.');
  }
  const { op, path: pointer, value } = step;
  const path = pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const current = memberText(text, path);
  const missing = new PatchError(
    `The target location specified by path segment '${path.at(-1)}' was not found.`,
  );
  switch (op) {
    case 'add':
      if (memberText(text, path.slice(0, -1)) === undefined) throw missing;
      return setMember(text, path, JSON.stringify(value ?? null));
    case 'replace':
      if (current === undefined) throw missing;
      return setMember(text, path, JSON.stringify(value ?? null));
    case 'remove':
      if (current === undefined) throw missing;
      return removeMember(text, path);
    case 'test':
      if (current === undefined) throw missing;
      if (JSON.stringify(JSON.parse(current)) === JSON.stringify(value)) return text;
      throw new PatchError(
        `The current value at path '${pointer}' is not equal to the test value.`,
      );
    default:
      throw new PatchError(`The operation '${String(op)}' is not supported.`);
  }
}
