import { findNodeAtLocation, type JSONPath } from 'jsonc-parser';
import { type JsonText, readJsonText, textWithout } from '../json-text.js';

/** @throws {CliError} `service` if it is not a JSON object, or one whose members cannot be told apart */
export function readDeploymentText(text: string): JsonText {
  return readJsonText(text, 'the deployment');
}

/**
 * The body of a PUT: the text without the members that only Azure writes.
 *
 * Contract: onlineEndpoints/deployments, PUT: a GET's body is accepted but for these.
 * Known from: SDK source, azure-ai-ml 1.26.0; recorded update of it.
 */
export function putBody(deployment: JsonText): string {
  return textWithout(deployment, readOnlyPaths(deployment));
}

function readOnlyPaths({ root }: JsonText): readonly JSONPath[] {
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
