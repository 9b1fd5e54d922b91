import {
  isPlace,
  type Place,
  pointJson,
  polygonJson,
  RADIANS,
  toVector,
  type Vector,
} from './geo-points.js';
import { type Script, script } from './script.js';

/**
 * S2 cells: the six faces of a cube around the Earth, each cut into four again and again along a curve of
 * Hilbert.
 *
 * Known from: documented, "S2 Cells" of s2geometry.io, with its quadratic projection.
 */
interface Cell {
  readonly face: number;
  /** The lower corner, in steps of the finest level. */
  readonly i: number;
  readonly j: number;
  readonly level: number;
}

const MAX_LEVEL = 30;
const SIZE = 2 ** MAX_LEVEL;
const IJ_TO_POSITION = [
  [0, 1, 3, 2],
  [0, 3, 1, 2],
  [2, 3, 1, 0],
  [2, 1, 3, 0],
] as const;
const POSITION_TO_IJ = [
  [0, 1, 3, 2],
  [0, 2, 3, 1],
  [3, 2, 0, 1],
  [3, 1, 0, 2],
] as const;
const TURN = [1, 0, 0, 3] as const;

function toPlace([x, y, z]: Vector): Place {
  return [Math.atan2(y, x) / RADIANS, Math.atan2(z, Math.sqrt(x * x + y * y)) / RADIANS];
}

function ofVector(vector: Vector, level: number): Cell {
  const [x, y, z] = vector;
  const sizes = vector.map(Math.abs);
  const axis = sizes.indexOf(Math.max(...sizes));
  const face = axis + ((vector[axis] ?? 0) < 0 ? 3 : 0);
  const sides: readonly (readonly [number, number])[] = [
    [y / x, z / x],
    [-x / y, z / y],
    [-x / z, -y / z],
    [z / x, y / x],
    [z / y, -x / y],
    [-y / z, -x / z],
  ];
  const [u, v] = sides[face] ?? [0, 0];
  return cellAt(face, step(projected(u)), step(projected(v)), level);
}

function cellAt(face: number, i: number, j: number, level: number): Cell {
  const size = SIZE / 2 ** level;
  return { face, i: Math.floor(i / size) * size, j: Math.floor(j / size) * size, level };
}

function projected(u: number): number {
  return u >= 0 ? 0.5 * Math.sqrt(1 + 3 * u) : 1 - 0.5 * Math.sqrt(1 - 3 * u);
}

function unprojected(s: number): number {
  return s >= 0.5 ? (4 * s * s - 1) / 3 : (1 - 4 * (1 - s) * (1 - s)) / 3;
}

function step(s: number): number {
  return Math.min(Math.max(Math.floor(SIZE * s), 0), SIZE - 1);
}

function onFace(face: number, u: number, v: number): Vector {
  const sides: readonly Vector[] = [
    [1, u, v],
    [-u, 1, v],
    [-u, -v, 1],
    [-1, -v, -u],
    [v, -1, -u],
    [v, u, -1],
  ];
  return sides[face] ?? [0, 0, 0];
}

function toToken({ face, i, j, level }: Cell): string {
  let position = BigInt(face);
  let turn = face & 1;
  for (let bit = MAX_LEVEL - 1; bit >= MAX_LEVEL - level; bit--) {
    const ij = (Math.floor(i / 2 ** bit) % 2) * 2 + (Math.floor(j / 2 ** bit) % 2);
    const next = IJ_TO_POSITION[turn]?.[ij] ?? 0;
    position = position * 4n + BigInt(next);
    turn ^= TURN[next] ?? 0;
  }
  const id = (position * 2n + 1n) << BigInt(2 * (MAX_LEVEL - level));
  return id.toString(16).padStart(16, '0').replace(/0+$/, '');
}

function fromToken(token: string): Cell | undefined {
  if (!/^[\da-f]{1,16}$/i.test(token)) return undefined;
  const id = BigInt(`0x${token.padEnd(16, '0')}`);
  const zeros = id === 0n ? 64 : (id.toString(2).match(/0*$/)?.[0].length ?? 0);
  const face = Number(id >> 61n);
  if (zeros % 2 === 1 || zeros > 60 || face > 5) return undefined;
  const level = MAX_LEVEL - zeros / 2;
  let [i, j, turn] = [0, 0, face & 1];
  for (let depth = 0; depth < level; depth++) {
    const position = Number((id >> BigInt(59 - 2 * depth)) & 3n);
    const ij = POSITION_TO_IJ[turn]?.[position] ?? 0;
    i = i * 2 + (ij >> 1);
    j = j * 2 + (ij & 1);
    turn ^= TURN[position] ?? 0;
  }
  const size = SIZE / 2 ** level;
  return { face, i: i * size, j: j * size, level };
}

/** The place at so many sizes of the cell from its lower corner. */
function placeIn({ face, i, j, level }: Cell, right: number, up: number): Place {
  const size = SIZE / 2 ** level;
  const [u, v] = [(i + right * size) / SIZE, (j + up * size) / SIZE].map(unprojected);
  return toPlace(onFace(face, u ?? 0, v ?? 0));
}

/** Of its own level, also those at a corner only. In the order of Kusto's answers. */
function neighbours(cell: Cell): readonly string[] {
  const { face, i, j, level } = cell;
  const size = SIZE / 2 ** level;
  const at = (right: number, up: number) => {
    const [x, y] = [i + right * size, j + up * size];
    const isSame = x >= 0 && y >= 0 && x < SIZE && y < SIZE;
    return toToken(isSame ? { ...cell, i: x, j: y } : beyond(face, x, y, level));
  };
  const found = [
    at(1, 1),
    at(-1, -1),
    at(1, -1),
    at(0, -1),
    at(0, 1),
    at(1, 0),
    at(-1, 0),
    at(-1, 1),
  ];
  return [...new Set(found)];
}

/** A place just outside a face lies on another. */
function beyond(face: number, x: number, y: number, level: number): Cell {
  const scaled = [x, y].map((value) => {
    const kept = Math.min(Math.max(value, -1), SIZE);
    const limit = 1 + Number.EPSILON;
    return Math.min(Math.max((2 * (kept - SIZE / 2) + 1) / SIZE, -limit), limit);
  });
  const vector = onFace(face, scaled[0] ?? 0, scaled[1] ?? 0);
  const own = ofVector(vector, MAX_LEVEL);
  // Outside the steps are even: undo the projection that was applied to them.
  const even = (it: number) => step(0.5 * (unprojected((it + 0.5) / SIZE) + 1));
  return cellAt(own.face, even(own.i), even(own.j), level);
}

export const S2_CELLS: Readonly<Record<string, Script>> = {
  geo_point_to_s2cell: script(['real', 'real', 'int'], 'string', (longitude, latitude, level) => {
    if (!isPlace(longitude, latitude) || level < 0 || level > MAX_LEVEL) return '';
    return toToken(ofVector(toVector([longitude, latitude]), level));
  }),
  geo_s2cell_to_central_point: script(['string'], 'dynamic', (token) => {
    const cell = fromToken(token);
    return cell ? pointJson(placeIn(cell, 0.5, 0.5)) : null;
  }),
  geo_s2cell_to_polygon: script(['string'], 'dynamic', (token) => {
    const cell = fromToken(token);
    if (!cell) return null;
    return polygonJson([
      placeIn(cell, 0, 0),
      placeIn(cell, 1, 0),
      placeIn(cell, 1, 1),
      placeIn(cell, 0, 1),
    ]);
  }),
  geo_s2cell_neighbors: script(['string'], 'dynamic', (token) => {
    const cell = fromToken(token);
    return cell ? JSON.stringify(neighbours(cell)) : null;
  }),
};
