/**
 * One blob of collected model data, with what its place and name say.
 *
 * Contract: v1 `{subscription}/{group}/{workspace}/{service}/{model}/{version}/{designation}/{yyyy}/{MM}/{dd}/*.csv`
 * in the container `modeldata`; v2 `{path of the data asset}/{yyyy}/{MM}/{dd}/{HH}/{instance}.jsonl`, as many
 * levels of time as the rolling rate has.
 * Known from: documented, "Collect data from models in production" (v1) and "Collect production data" (v2).
 */
export interface CollectedFile {
  readonly api: 'v1' | 'v2';
  readonly service: string;
  /** The v2 deployment, or the version of an AKSENDPOINT; null for other v1 services. */
  readonly part: string | null;
  /** v1: the model and its version, `default` where the collector could not tell. Null for v2. */
  readonly model: string | null;
  readonly modelVersion: string | null;
  /** v1's designation (`inputs`, `predictions`, …) or the name of a v2 collection (`model_inputs`, `request`, …). */
  readonly collection: string;
  readonly accountName: string;
  readonly containerName: string;
  /** The blob's name: untrusted text. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly etag: string;
  /** What another blob of the same name has not; null where the service does not tell it. */
  readonly created: Date | null;
  readonly modified: Date;
  /** May grow at its end. */
  readonly isAppend: boolean;
  /** The span of time, UTC, that its folders name: `from` and the instant behind it. */
  readonly from: Date;
  readonly to: Date;
}
