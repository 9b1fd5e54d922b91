/** The workspace of the recorded answers. */
export const WORKSPACE = {
  subscriptionId: '00000000-0000-0000-0000-0000000000a1',
  resourceGroup: 'rg-ml',
  workspaceName: 'ws-ml',
};
export const WORKSPACE_ID = `/subscriptions/${WORKSPACE.subscriptionId}/resourceGroups/rg-ml/providers/Microsoft.MachineLearningServices/workspaces/ws-ml`;
export const ARM = `https://management.azure.com${WORKSPACE_ID}`;
export const MMS = `https://eastus.modelmanagement.azureml.net/modelmanagement/v1.0${WORKSPACE_ID}`;
export const COMPONENT_ID =
  '/subscriptions/00000000-0000-0000-0000-0000000000a1/resourceGroups/rg-ml/providers/Microsoft.insights/components/wsmlinsights';
export const VERSION = 'api-version=2024-10-01';
