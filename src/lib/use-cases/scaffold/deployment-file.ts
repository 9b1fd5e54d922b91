import { stringify } from 'yaml';
import { PAYLOADS, type ScaffoldPlan } from './plan-scaffold.js';
import { pythonText } from './python-text.js';

const SCHEMAS = 'https://azuremlschemas.azureedge.net/latest';

/**
 * The YAML of a v2 deployment for `az ml online-deployment`, both switches on.
 *
 * Contract: the CLI's managed and Kubernetes online deployment schemas.
 * Known from: documented (reference-yaml-deployment-managed-online), SDK source (azure-ai-ml, deployment_collection_schema.py:
 * `enabled` is a text).
 */
export function deploymentYaml(plan: ScaffoldPlan): string {
  const { isKubernetes, service, deployment, modelName, collections, samplingRate } = plan;
  const kind = isKubernetes ? 'kubernetesOnlineDeployment' : 'managedOnlineDeployment';
  const hasCollectors = collections.some(({ name }) => !PAYLOADS.includes(name));
  const names = collections.map(
    ({ name, enabled }) =>
      `    ${yamlText(name)}:\n      enabled: ${enabled ? "'True'" : "'False'"}\n`,
  );
  return `# An online deployment that logs traces and collects model data. Both are set here, at
# deployment; aml-monitor enable-insights and aml-monitor collect on change them later.
#
#   az ml online-deployment create --file deployment.yml
#
$schema: ${SCHEMAS}/${kind}.schema.json
name: ${yamlText(deployment)}
endpoint_name: ${yamlText(service)}
${isKubernetes ? 'type: kubernetes\n' : ''}model: ${yamlText(`azureml:${modelName}:1`)}
code_configuration:
  code: .
  scoring_script: score.py
# conda.yml needs at least
#   dependencies:
#     - python=3.11
#     - pip
#     - pip:
#         - azureml-inference-server-http
${hasCollectors ? '#         - azureml-ai-monitoring\n' : ''}#         - joblib
#         - pandas
# and the packages of the model, in the versions it was trained with.
environment:
  image: mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:latest
  conda_file: conda.yml
instance_type: ${isKubernetes ? 'defaultinstancetype' : 'Standard_DS3_v2'}
instance_count: 1
# Traces, requests and exceptions go to the workspace's Application Insights, with the body
# of each response; the variable APP_INSIGHTS_LOG_RESPONSE_ENABLED: 'false' keeps that back.
app_insights_enabled: true
data_collector:
  # The share of the requests that is collected, of every collection.
  sampling_rate: ${samplingRate}
  # How often a new folder is begun: year, month, day, hour or minute. Azure's default is hour.
  # rolling_rate: hour
  # request and response are collected without code${hasCollectors ? '; each of the others is a Collector\n  # of that name in score.py' : ''}. 'True' and 'False' are texts here.
  collections:
${names.join('')}`;
}

/** The Python that deploys a v1 web service, both switches on. */
export function deployScript({ service, modelName }: ScaffoldPlan): string {
  return `"""Deploys a v1 web service that logs traces and collects model data.

Both are set here, at deployment; \`aml-monitor enable-insights\` and \`aml-monitor collect on\`
change them later. Only AKS collects model data: ACI does not.

Packages: azureml-core.
"""

from azureml.core import Environment, Model, Workspace
from azureml.core.compute import AksCompute
from azureml.core.conda_dependencies import CondaDependencies
from azureml.core.model import InferenceConfig
from azureml.core.webservice import AksWebservice

workspace = Workspace.from_config()

environment = Environment(${pythonText(`${service}-environment`)})
# azureml-monitoring needs libssl 1.0.0, which the images of Ubuntu 18.04 have.
environment.docker.base_image = "mcr.microsoft.com/azureml/openmpi3.1.2-ubuntu18.04"
environment.python.conda_dependencies = CondaDependencies.create(
    python_version="3.8",
    # And the packages of the model, in the versions it was trained with.
    pip_packages=["azureml-defaults", "azureml-monitoring", "joblib", "pandas"],
)

service = Model.deploy(
    workspace,
    name=${pythonText(service)},
    models=[Model(workspace, name=${pythonText(modelName)})],
    inference_config=InferenceConfig(
        source_directory=".", entry_script="score.py", environment=environment
    ),
    deployment_config=AksWebservice.deploy_configuration(
        enable_app_insights=True,
        collect_model_data=True,
    ),
    deployment_target=AksCompute(workspace, "my-aks"),
)
service.wait_for_deployment(show_output=True)
`;
}

/** A name as YAML writes it. */
function yamlText(text: string): string {
  return stringify(text, { lineWidth: 0, blockQuote: false }).trimEnd();
}
