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

/** @throws {CliError} `service` if it is not a JSON object */
export function readDeploymentText(text: string): DeploymentText {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true });
  // The parser mends what it can; a text that it had to mend must not be sent back.
  if (root?.type === 'object' && errors.length === 0) return { text, root };
  throw new CliError('service', "Azure's answer for the deployment is not a JSON object.");
}

/** The value at a path, as its text; undefined if there is none. */
export function lexemeAt({ text, root }: DeploymentText, path: JSONPath): string | undefined {
  const node = findNodeAtLocation(root, [...path]);
  return node && text.slice(node.offset, node.offset + node.length);
}

/** The same text with another value at one path; a member that is not there is put behind the others. */
export function withValue(
  { text }: DeploymentText,
  path: JSONPath,
  value: unknown,
): DeploymentText {
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
