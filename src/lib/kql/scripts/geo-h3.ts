import {
  cellToBoundary,
  cellToChildren,
  cellToLatLng,
  cellToParent,
  getResolution,
  gridDisk,
  gridRing,
  isValidCell,
  latLngToCell,
} from 'h3-js';
import { isPlace, pointJson, polygonJson } from './geo-points.js';
import { type Script, script } from './script.js';

const MAX_LEVEL = 15;

function ofCell<Result>(make: (cell: string) => Result) {
  return (cell: string): Result | null => (isValidCell(cell) ? make(cell) : null);
}

/** H3 cells, by the library of their authors. */
export const H3_CELLS: Readonly<Record<string, Script>> = {
  geo_point_to_h3cell: script(['real', 'real', 'int'], 'string', (longitude, latitude, level) => {
    if (!isPlace(longitude, latitude) || level < 0 || level > MAX_LEVEL) return '';
    return latLngToCell(latitude, longitude, level);
  }),
  geo_h3cell_to_central_point: script(
    ['string'],
    'dynamic',
    ofCell((cell) => {
      const [latitude, longitude] = cellToLatLng(cell);
      return pointJson([longitude, latitude]);
    }),
  ),
  geo_h3cell_to_polygon: script(
    ['string'],
    'dynamic',
    ofCell((cell) =>
      polygonJson(cellToBoundary(cell).map(([latitude, longitude]) => [longitude, latitude])),
    ),
  ),
  geo_h3cell_level: script(
    ['string'],
    'int',
    ofCell((cell) => getResolution(cell)),
  ),
  geo_h3cell_neighbors: script(
    ['string'],
    'dynamic',
    ofCell((cell) => JSON.stringify(gridDisk(cell, 1).filter((other) => other !== cell))),
  ),
  geo_h3cell_rings: script(['string', 'int'], 'dynamic', (cell, distance) => {
    if (!isValidCell(cell) || distance < 0 || distance > 142) return null;
    const inner = gridDisk(cell, 1).filter((other) => other !== cell);
    const rings = Array.from({ length: distance + 1 }, (_, ring) =>
      ring === 0 ? [cell] : ring === 1 ? inner : gridRing(cell, ring),
    );
    return JSON.stringify(rings);
  }),
  /** Without a level the one above; a level of -1 means that. */
  geo_h3cell_parent: script(['string', 'int'], 'string', (cell, asked) => {
    if (!isValidCell(cell)) return '';
    const level = asked < 0 ? getResolution(cell) - 1 : asked;
    return level < 0 || level > getResolution(cell) ? '' : cellToParent(cell, level);
  }),
  geo_h3cell_children: script(['string', 'int'], 'dynamic', (cell, asked) => {
    if (!isValidCell(cell)) return null;
    const own = getResolution(cell);
    const level = asked < 0 ? own + 1 : asked;
    if (level > MAX_LEVEL || level <= own || level - own > 5) return null;
    return JSON.stringify(cellToChildren(cell, level));
  }),
};
