import { dirname, join, resolve } from 'node:path';
import { CliError } from '../errors.js';
import type { Files } from '../host.js';

export interface WorkspaceFile {
  readonly path: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly workspaceName: string;
}

/** In order of priority: each is looked for from the start folder up to the root before the next is tried. */
const NAMES = [
  ['.azureml', 'config.json'],
  ['.azureml', 'project.json'],
  ['aml_config', 'config.json'],
  ['aml_config', 'project.json'],
  ['config.json'],
  ['project.json'],
] as const;

const MEMBERS = ['subscription_id', 'resource_group', 'workspace_name'] as const;

export const WORKSPACE_FILE_SHAPE =
  'It needs "subscription_id", "resource_group" and "workspace_name", or the "Scope" that Workspace.write_config() writes.';

/**
 * The file that `Workspace.from_config()` would take: the named file, else the first that is found from
 * the named folder or the current one. Undefined if there is none, or if a plain `config.json` or `project.json`
 * that was found has nothing to do with workspaces.
 *
 * Known from: SDK source, azureml-core 1.51, `core/workspace.py`, `_project/project_info.py`.
 * @throws {CliError} `usage`, naming the file, if it cannot be read as one
 */
export async function findWorkspaceFile(
  files: Files,
  cwd: string,
  named: string | undefined,
): Promise<WorkspaceFile | undefined> {
  const start = named === undefined ? cwd : resolve(cwd, named);
  const kind = await files.kind(start);
  if (named !== undefined && kind === 'file') return readWorkspaceFile(files, start, 'required');
  const path = kind === 'folder' ? await search(files, start) : undefined;
  if (path !== undefined) {
    const need = named === undefined && isPlain(path) ? 'perhaps' : 'required';
    return readWorkspaceFile(files, path, need);
  }
  if (named === undefined) return undefined;
  throw new CliError('usage', `There is no workspace file at or above "${start}".`, {
    hint: 'Give --config a file, or a folder that has a config.json or .azureml/config.json.',
  });
}

async function search(files: Files, start: string): Promise<string | undefined> {
  const first = await files.realPath(start);
  for (const name of NAMES) {
    for (let folder = first; ; folder = dirname(folder)) {
      const path = join(folder, ...name);
      if ((await files.kind(path)) === 'file') return path;
      if (dirname(folder) === folder) break;
    }
  }
  return undefined;
}

function isPlain(path: string): boolean {
  return !/[\\/](\.azureml|aml_config)[\\/][^\\/]+$/.test(path);
}

async function readWorkspaceFile(
  files: Files,
  path: string,
  need: 'required' | 'perhaps',
): Promise<WorkspaceFile | undefined> {
  const text = (await files.read(path)) ?? '';
  let content: unknown;
  try {
    content = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    const message = `The workspace file "${path}" is not valid JSON.`;
    throw new CliError('usage', message, { hint: WORKSPACE_FILE_SHAPE }, cause);
  }
  const members: Readonly<Record<string, unknown>> =
    typeof content === 'object' && content !== null ? { ...content } : {};
  if (typeof members.Scope === 'string' && members.Scope !== '') {
    const [, , subscriptionId, , resourceGroup, , , , workspaceName] = members.Scope.split('/');
    if (subscriptionId && resourceGroup && workspaceName) {
      return { path, subscriptionId, resourceGroup, workspaceName };
    }
    const message = `The "Scope" in the workspace file "${path}" is not the id of a workspace.`;
    throw new CliError('usage', message, { hint: WORKSPACE_FILE_SHAPE });
  }
  const [subscriptionId, resourceGroup, workspaceName] = MEMBERS.map((name) => {
    const value = members[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  });
  if (subscriptionId && resourceGroup && workspaceName) {
    return { path, subscriptionId, resourceGroup, workspaceName };
  }
  if (need === 'perhaps' && MEMBERS.every((name) => members[name] === undefined)) return undefined;
  const missing = MEMBERS.filter((name) => !members[name]).map((name) => `"${name}"`);
  throw new CliError('usage', `The workspace file "${path}" has no ${missing.join(', no ')}.`, {
    hint: WORKSPACE_FILE_SHAPE,
  });
}
