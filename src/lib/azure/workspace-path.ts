/** The three names that address an ML workspace. */
export interface WorkspaceName {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly workspaceName: string;
}

export function workspaceId({
  subscriptionId,
  resourceGroup,
  workspaceName,
}: WorkspaceName): string {
  const [subscription, group, workspace] = [subscriptionId, resourceGroup, workspaceName].map(
    encodeURIComponent,
  );
  return `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.MachineLearningServices/workspaces/${workspace}`;
}
