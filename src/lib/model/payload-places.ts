/**
 * Where in the payload of a request or response its rows are, the first that is an array; `columns` beside it names
 * what is in them.
 *
 * Known from: documented, "Score data with a deployed model" (`data`, `input_data`), MLflow's scoring protocol
 * (`inputs`, `instances`, `dataframe_split`, `dataframe_records`, `predictions`), AutoML's `Inputs`.
 */
export const PAYLOAD_PLACES = [
  { path: '/data' },
  { path: '/input_data' },
  { path: '/inputs' },
  { path: '/instances' },
  { path: '/dataframe_records' },
  { path: '/Inputs/data' },
  { path: '/predictions' },
  { path: '/outputs' },
  { path: '/result' },
  { path: '/results' },
  { path: '/Results' },
  { path: '/input_data/data', frame: '/input_data' },
  { path: '/dataframe_split/data', frame: '/dataframe_split' },
  { path: '/inputs/data', frame: '/inputs' },
] as const;
