import { type Script, script } from './script.js';

const PATH = /^(?:([a-z][a-z\d+.-]*):\/\/)?((?:([a-z]:)(?=[\\/]|$))?.*?)(?:[\\/]?)([^\\/]*)$/is;

/** The parts of a path of a file, with slashes of either kind. */
function parsePath(path: string): string {
  const [, scheme = '', directory = '', root = '', last = ''] = PATH.exec(path) ?? [];
  const [, filename = '', stream = ''] = /^([^:]*):?(.*)$/s.exec(last) ?? [];
  return JSON.stringify({
    Scheme: scheme,
    RootPath: root,
    DirectoryPath: directory,
    DirectoryName: directory.split(/[\\/]/).at(-1),
    Filename: filename,
    Extension: /\.([^.]*)$/s.exec(filename)?.[1] ?? '',
    AlternateDataStreamName: stream,
  });
}

export const PATHS: Readonly<Record<string, Script>> = {
  parse_path: script(['string'], 'dynamic', parsePath),
};
