import { openLines } from './json-lines.js';
import { roleOf } from './marks.js';
import type { Source } from './source.js';
import type { Workshop } from './workshop.js';

/** Lines that are JSON objects, a row each. */
export function openJsonl(files: readonly string[], workshop: Workshop): Promise<Source> {
  const items = (
    lines: string,
  ) => `(SELECT *, CASE WHEN kind = 'OBJECT' THEN CAST(json(line) AS VARCHAR) END AS item,
      CASE WHEN kind IS NULL THEN 'it is no JSON' WHEN kind <> 'OBJECT' THEN 'it is no JSON object' END AS reason
    FROM (SELECT *, CASE WHEN json_valid(line) THEN json_type(line) END AS kind FROM ${lines} WHERE trim(line) <> ''))`;
  return openLines({ files, items, marks: [], roleOf }, workshop);
}
