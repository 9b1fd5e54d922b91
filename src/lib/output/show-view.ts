import { targetName } from '../model/target.js';
import type { Settings } from '../settings.js';
import type { ServiceState, TargetState } from '../use-cases/show-service.js';
import { escapeControls } from './escape.js';
import { collectionText, paintState, paintSwitch } from './list-view.js';
import type { Style } from './style.js';
import type { View } from './view.js';

/** The state of a service, and which settings led to its workspace. */
export interface ShownService extends ServiceState {
  readonly sources: Settings['sources'];
}

type Line = readonly [name: string, text: string];

export const showView: View<ShownService> = {
  text(state, style) {
    const { dataStore, targets } = state;
    const store = dataStore && `${dataStore.accountName}/${dataStore.containerName}`;
    const blocks = targets.map((target) => {
      return block(heading(target, style), targetLines(target, store, style), style);
    });
    return [...blocks, block(style.bold('Workspace'), workspaceLines(state), style)].join('\n\n');
  },
};

function heading(target: TargetState, style: Style): string {
  const what = target.api === 'v1' ? 'web service' : 'deployment';
  const kind = escapeControls(`${target.api} ${target.computeType} ${what}`);
  const state = target.state ? `, ${paintState(escapeControls(target.state), target, style)}` : '';
  return `${style.bold(escapeControls(targetName(target)))}  ${kind}${state}`;
}

function targetLines(target: TargetState, store: string | null, style: Style): readonly Line[] {
  const { insights, collection, replicas, scoringUri, failure, dataPrefixes, studio } = target;
  const collected = escapeControls(collectionText(target));
  return [
    ['Application Insights', paintSwitch(insights ? 'on' : 'off', insights, style)],
    ['Model data collection', paintSwitch(collected, collection, style)],
    ...dataPrefixes.map((prefix): Line => {
      const isWhole = store === null || prefix.includes('://');
      return ['Collected data', escapeControls(isWhole ? prefix : `${store}/${prefix}`)];
    }),
    ...optional('Replicas', replicas === null ? null : String(replicas)),
    ...failureLines(failure),
    ...optional('Scoring URI', scoringUri),
    ['Studio', escapeControls(studio)],
  ];
}

/** Azure's message has lines of its own. */
function failureLines(failure: TargetState['failure']): readonly Line[] {
  if (!failure) return [];
  const lines = `${failure.code}: ${failure.message}`.trimEnd().split(/\r?\n/);
  return lines.map((line) => ['Failure', escapeControls(line)]);
}

function workspaceLines({ workspace, component, sources }: ShownService): readonly Line[] {
  const { name, location, tenantId, resourceId } = workspace;
  const source = sources.workspaceName ? ` (from ${sources.workspaceName})` : '';
  return [
    ['Name', escapeControls(`${name}${source}`)],
    ...optional('Location', location),
    ...optional('Tenant', tenantId),
    ['Resource id', escapeControls(resourceId)],
    ['Application Insights', escapeControls(componentText(component))],
    ...optional('Portal', component?.portal ?? null),
  ];
}

function componentText(component: ShownService['component']): string {
  if (component === null) return 'none: telemetry has nowhere to go';
  const { resourceId, exists } = component;
  return exists === false ? `${resourceId} (not found, or you may not see it)` : resourceId;
}

function optional(name: string, text: string | null): readonly Line[] {
  return text === null || text === '' ? [] : [[name, escapeControls(text)]];
}

/** A heading and lines of names and texts below it; a name that repeats is written once. */
function block(title: string, lines: readonly Line[], style: Style): string {
  const width = Math.max(...lines.map(([name]) => name.length));
  const shown = lines.map(([name, text], index) => {
    const isRepeated = lines[index - 1]?.[0] === name;
    return `  ${style.dim((isRepeated ? '' : name).padEnd(width))}  ${text}`;
  });
  return [title, ...shown].join('\n');
}
