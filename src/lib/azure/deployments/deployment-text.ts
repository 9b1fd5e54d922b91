import {
  applyEdits,
  findNodeAtLocation,
  type JSONPath,
  modify,
  type Node,
  type ParseError,
  parseTree,
} from 'jsonc-parser';
import { CliError } from '../../errors.js';

/**
 * A deployment as the text that Azure sent. Every change is an edit of the text, so that all that is not
 * changed stays as it was: unknown members, key order, the digits of numbers, the escapes of strings.
 */
export interface DeploymentText {
  readonly text: string;
  readonly root: Node;
}

/** @throws {CliError} `service` if it is not a JSON object, or one whose members cannot be told apart */
export function readDeploymentText(text: string): DeploymentText {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true });
  // The parser mends what it can; a text that it had to mend must not be sent back.
  if (root?.type !== 'object' || errors.length > 0) {
    throw new CliError('service', "Azure's answer for the deployment is not a JSON object.");
  }
  const twice = findTwin(root);
  if (twice === undefined) return { text, root };
  // Which of the two counts is the reader's choice, and Azure's may not be ours.
  throw new CliError('service', `Azure's answer for the deployment has "${twice}" twice.`);
}

/** The name of a member that some object has twice. */
function findTwin({ type, children = [] }: Node): string | undefined {
  const names = new Set<unknown>();
  for (const child of children) {
    const name: unknown = child.children?.[0]?.value;
    if (type === 'object' && names.has(name)) return String(name);
    names.add(name);
    const below = findTwin(child);
    if (below !== undefined) return below;
  }
  return undefined;
}

/** The value at a path, as its text; undefined if there is none. */
export function lexemeAt({ text, root }: DeploymentText, path: JSONPath): string | undefined {
  const node = findNodeAtLocation(root, [...path]);
  return node && text.slice(node.offset, node.offset + node.length);
}

/**
 * The same text with another value at one path. What is there, null too, is replaced in its place; a member that is
 * not there is put behind the others, and so are the objects on the way to it.
 *
 * @throws {CliError} `service` if something on the way is no object
 */
export function withValue(
  { text, root }: DeploymentText,
  path: JSONPath,
  value: unknown,
): DeploymentText {
  for (let depth = 1; depth < path.length; depth++) {
    const parent = findNodeAtLocation(root, path.slice(0, depth));
    if (parent === undefined || parent.type === 'object') continue;
    const name = path.slice(0, depth).join('.');
    const message = `Azure's answer for the deployment has ${parent.type} at "${name}", where an object belongs.`;
    throw new CliError('service', message);
  }
  return readDeploymentText(applyEdits(text, modify(text, [...path], value, {})));
}

/**
 * The body of a PUT: the text without the members that only Azure writes.
 *
 * Contract: onlineEndpoints/deployments, PUT: a GET's body is accepted but for these.
 * Known from: SDK source, azure-ai-ml 1.26.0; recorded update of it.
 */
export function putBody(deployment: DeploymentText): string {
  return readOnlyPaths(deployment)
    .filter((path) => findNodeAtLocation(deployment.root, [...path]) !== undefined)
    .reduce(
      (text, path) => applyEdits(text, modify(text, [...path], undefined, {})),
      deployment.text,
    );
}

function readOnlyPaths({ root }: DeploymentText): readonly JSONPath[] {
  const users = findNodeAtLocation(root, ['identity', 'userAssignedIdentities']);
  const userIds = (users?.type === 'object' ? (users.children ?? []) : []).flatMap((property) => {
    const [key, value] = property.children ?? [];
    return value?.type === 'object' ? [String(key?.value)] : [];
  });
  return [
    ['id'],
    ['name'],
    ['type'],
    ['systemData'],
    ['properties', 'provisioningState'],
    ['identity', 'principalId'],
    ['identity', 'tenantId'],
    ...userIds.flatMap((id) => [
      ['identity', 'userAssignedIdentities', id, 'principalId'],
      ['identity', 'userAssignedIdentities', id, 'clientId'],
    ]),
  ];
}
