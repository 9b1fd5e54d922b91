import { convert } from '../convert.js';
import type { Operand } from '../operand.js';
import type { CallFacts, Rule } from '../rule.js';

/** A script under the function's name, of places as numbers. */
function places(name: string, count: number): Rule {
  const args = Array.from({ length: count }, (_, index) => `$${index + 1}`);
  return { args: ['real'], sql: `script_${name}(${args.join(', ')})` };
}

/** The cell of a place, of the level that Kusto takes without one. */
function cellOf(name: string, otherwise: number): Rule {
  return {
    args: ['real', 'real', 'int'],
    sql: ([longitude, latitude, level]) =>
      `script_${name}(${longitude?.sql}, ${latitude?.sql}, ${level?.sql ?? otherwise})`,
  };
}

function ofCell(name: string): Rule {
  return { args: ['string'], sql: `script_${name}($1)` };
}

/** Of a cell and another level, or the next one; the script knows it by -1. */
function withLevel(name: string): Rule {
  return {
    args: ['string', 'int'],
    sql: ([cell, level]) => {
      // A level below 0 that is asked for is none.
      const asked = level ? `CASE WHEN ${level.sql} < 0 THEN 99 ELSE ${level.sql} END` : '-1';
      return `script_${name}(${cell?.sql}, ${asked})`;
    },
  };
}

function ofShape(name: string): Rule {
  return { args: ['dynamic'], sql: `script_${name}($1)` };
}

function toShape(name: string): Rule {
  return { args: ['real', 'real', 'dynamic'], sql: `script_${name}($1, $2, $3)` };
}

function distance(args: readonly Operand[], call: CallFacts): string {
  if (args.length > 4) return call.refuse('a distance on a spheroid', call.span);
  return `script_geo_distance_2points(${args.map((arg) => convert(arg, 'real').sql).join(', ')})`;
}

/** Places on a sphere, and the cells of three ways to cover it. */
export const GEOGRAPHY: Readonly<Record<string, Rule>> = {
  geo_distance_2points: { args: ['any'], sql: distance },
  geo_distance_point_to_line: toShape('geo_distance_point_to_line'),
  geo_distance_point_to_polygon: toShape('geo_distance_point_to_polygon'),
  geo_from_wkt: ofCell('geo_from_wkt'),
  geo_geohash_neighbors: ofCell('geo_geohash_neighbors'),
  geo_geohash_to_central_point: ofCell('geo_geohash_to_central_point'),
  geo_geohash_to_polygon: ofCell('geo_geohash_to_polygon'),
  geo_h3cell_children: withLevel('geo_h3cell_children'),
  geo_h3cell_level: ofCell('geo_h3cell_level'),
  geo_h3cell_neighbors: ofCell('geo_h3cell_neighbors'),
  geo_h3cell_parent: withLevel('geo_h3cell_parent'),
  geo_h3cell_rings: { args: ['string', 'int'], sql: 'script_geo_h3cell_rings($1, $2)' },
  geo_h3cell_to_central_point: ofCell('geo_h3cell_to_central_point'),
  geo_h3cell_to_polygon: ofCell('geo_h3cell_to_polygon'),
  geo_line_length: ofShape('geo_line_length'),
  geo_point_in_circle: places('geo_point_in_circle', 5),
  geo_point_in_polygon: toShape('geo_point_in_polygon'),
  geo_point_to_geohash: cellOf('geo_point_to_geohash', 5),
  geo_point_to_h3cell: cellOf('geo_point_to_h3cell', 6),
  geo_point_to_s2cell: cellOf('geo_point_to_s2cell', 11),
  geo_polygon_area: ofShape('geo_polygon_area'),
  geo_polygon_perimeter: ofShape('geo_polygon_perimeter'),
  geo_s2cell_neighbors: ofCell('geo_s2cell_neighbors'),
  geo_s2cell_to_central_point: ofCell('geo_s2cell_to_central_point'),
  geo_s2cell_to_polygon: ofCell('geo_s2cell_to_polygon'),
};
