import type { Call, PythonScript } from '../../../python/script.js';
import { type Finding, type Remark, toFindings } from './finding.js';

/** The calls that deploy v1 web services, by what they run on. */
export function deployCalls({ calls }: PythonScript): readonly Call[] {
  return calls.filter(({ path }) => path !== undefined && serviceOf(path) !== undefined);
}

function serviceOf(path: string): string | undefined {
  return /^azureml\.core\.webservice(?:\.\w+)*\.(Aci|Aks|AksEndpoint|Local)(?:Webservice)?\.deploy_configuration$/.exec(
    path,
  )?.[1];
}

/** What a v1 service will not log or collect, by the script that deploys it. */
export function checkDeployScript(file: string, script: PythonScript): readonly Finding[] {
  const remarks = deployCalls(script).flatMap((call): Remark[] => {
    const service = serviceOf(call.path ?? '');
    const isOn = (name: string) => call.args.find((each) => each.name === name)?.value.text;
    const insights = isOn('enable_app_insights');
    const collection = isOn('collect_model_data');
    if (service === 'Local' || call.args.some(({ star }) => star !== undefined)) return [];
    const found: Remark[] = [];
    if (insights === undefined || insights === 'False' || insights === 'None') {
      found.push({
        id: 'app-insights-off',
        at: call.node,
        message: 'Application Insights is off: it gets no traces, requests and exceptions.',
        fix: 'Add enable_app_insights=True.',
      });
    }
    const collects = collection !== undefined && collection !== 'False' && collection !== 'None';
    if (service === 'Aci' && collects) {
      found.push({
        id: 'compute-cannot-collect',
        at: call.node,
        message: 'ACI does not collect model data, whatever collect_model_data says.',
        fix: 'Deploy to AKS: AksWebservice.deploy_configuration(collect_model_data=True).',
      });
    }
    if (service !== 'Aci' && !collects) {
      found.push({
        id: 'collection-off',
        at: call.node,
        message: 'No model data is collected.',
        fix: 'Add collect_model_data=True.',
      });
    }
    return found;
  });
  return toFindings(file, script.root.text, remarks);
}
