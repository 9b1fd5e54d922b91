import { isPlace, type Place, RADIANS, toVector, type Vector } from './geo-points.js';
import { type Script, script } from './script.js';

type Ring = readonly Place[];

/** The radius of the Earth in meters. Known from: the distances that Kusto's reference shows. */
const RADIUS = 6_371_010;
function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function minus(a: Vector, b: Vector): Vector {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function angle(a: Vector, b: Vector): number {
  return Math.atan2(Math.hypot(...cross(a, b)), dot(a, b));
}

function distance(one: Place, other: Place): number {
  const [dLat, dLng] = [(other[1] - one[1]) * RADIANS, (other[0] - one[0]) * RADIANS];
  const inner =
    Math.sin(dLat / 2) ** 2 +
    Math.cos(one[1] * RADIANS) * Math.cos(other[1] * RADIANS) * Math.sin(dLng / 2) ** 2;
  return 2 * RADIUS * Math.asin(Math.sqrt(Math.min(inner, 1)));
}

/** From a place to the nearest one of an edge. */
function toEdge(place: Place, from: Place, to: Place): number {
  const [p, a, b] = [place, from, to].map(toVector);
  if (!p || !a || !b) return Number.NaN;
  const normal = cross(a, b);
  const isBeside = dot(cross(normal, a), p) > 0 && dot(cross(b, normal), p) > 0;
  if (!isBeside) return Math.min(distance(place, from), distance(place, to));
  return RADIUS * Math.abs(Math.PI / 2 - angle(p, normal));
}

function edges(line: Ring): readonly (readonly [Place, Place])[] {
  return line.slice(1).map((to, index) => [line[index] ?? to, to] as const);
}

function length(line: Ring): number {
  return edges(line).reduce((sum, [from, to]) => sum + distance(from, to), 0);
}

/** How often a ring goes around a place, counted by the angles in which the place sees its edges. */
function isAround(ring: Ring, place: Place): boolean {
  const p = toVector(place);
  const total = edges(ring).reduce((sum, [from, to]) => {
    const [a, b] = [cross(p, toVector(from)), cross(p, toVector(to))];
    return sum + Math.atan2(dot(p, cross(a, b)), dot(a, b));
  }, 0);
  const isNear = ring.some((corner) => dot(toVector(corner), p) > 0);
  return isNear && Math.abs(total) > Math.PI;
}

function isInside([shell = [], ...holes]: readonly Ring[], place: Place): boolean {
  return isAround(shell, place) && !holes.some((hole) => isAround(hole, place));
}

/** The area of a ring's smaller side, by the excess of the triangles from its first corner. */
function areaOf(ring: Ring): number {
  const [first, ...rest] = ring.slice(0, -1).map(toVector);
  if (!first) return 0;
  const total = rest.slice(1).reduce((sum, c, index) => {
    const b = rest[index] ?? c;
    // Of the sides, not the corners: these are almost alike, and their product would lose digits.
    const triple = dot(first, cross(minus(b, first), minus(c, first)));
    return sum + 2 * Math.atan2(triple, 1 + dot(first, b) + dot(b, c) + dot(c, first));
  }, 0);
  return Math.abs(total) * RADIUS ** 2;
}

function parse(json: string): { readonly type: unknown; readonly coordinates: unknown } {
  const value: unknown = JSON.parse(json);
  if (typeof value !== 'object' || value === null) return { type: null, coordinates: null };
  return {
    type: 'type' in value && value.type,
    coordinates: 'coordinates' in value && value.coordinates,
  };
}

function readLine(value: unknown): Ring | undefined {
  if (!Array.isArray(value)) return undefined;
  const places = value.flatMap((pair: unknown): Place[] => {
    if (!Array.isArray(pair)) return [];
    const [longitude, latitude]: readonly unknown[] = pair;
    if (typeof longitude !== 'number' || typeof latitude !== 'number') return [];
    return isPlace(longitude, latitude) ? [[longitude, latitude]] : [];
  });
  return places.length === value.length ? places : undefined;
}

/** Closed, with three corners at least, none of them twice, and no edge across another. */
function readRing(value: unknown): Ring | undefined {
  const ring = readLine(value);
  const names = ring?.map(String) ?? [];
  const isSimple = new Set(names).size === names.length - 1 && names[0] === names.at(-1);
  return ring && ring.length >= 4 && isSimple && !crossesItself(ring) ? ring : undefined;
}

function crossesItself(ring: Ring): boolean {
  const all = edges(ring).map(([from, to]) => [toVector(from), toVector(to)] as const);
  return all.some(([a, b], index) =>
    all.slice(index + 2).some(([c, d], later) => {
      if (index === 0 && later + 2 === all.length - 1) return false; // neighbours across the start
      const [one, other] = [cross(a, b), cross(c, d)];
      return dot(one, c) * dot(one, d) < 0 && dot(other, a) * dot(other, b) < 0 && dot(a, c) > 0;
    }),
  );
}

function readPolygon(value: unknown): readonly Ring[] | undefined {
  const rings = Array.isArray(value) ? value.map(readRing) : [];
  const sound = rings.filter((ring) => ring !== undefined);
  return sound.length > 0 && sound.length === rings.length ? sound : undefined;
}

/** A polygon, or several; null of what is none. */
function polygonsOf(json: string): readonly (readonly Ring[])[] | undefined {
  const { type, coordinates } = parse(json);
  const values: readonly unknown[] =
    type === 'Polygon'
      ? [coordinates]
      : type === 'MultiPolygon' && Array.isArray(coordinates)
        ? coordinates
        : [];
  const polygons = values.map(readPolygon).filter((polygon) => polygon !== undefined);
  return polygons.length > 0 && polygons.length === values.length ? polygons : undefined;
}

/** A line, or several. */
function linesOf(json: string): readonly Ring[] | undefined {
  const { type, coordinates } = parse(json);
  const values: readonly unknown[] =
    type === 'LineString'
      ? [coordinates]
      : type === 'MultiLineString' && Array.isArray(coordinates)
        ? coordinates
        : [];
  const lines = values
    .map(readLine)
    .filter((line) => line !== undefined && new Set(line.map(String)).size > 1);
  return lines.length > 0 && lines.length === values.length
    ? lines.filter((line) => line !== undefined)
    : undefined;
}

/** What lies in several at once would count once: that is a union, which is not drawn here. */
function single<Item>(items: readonly Item[] | undefined): Item | undefined {
  if (items && items.length > 1)
    throw new Error('not supported locally: the measure of several shapes');
  return items?.[0];
}

export const SPHERE: Readonly<Record<string, Script>> = {
  geo_distance_2points: script(
    ['real', 'real', 'real', 'real'],
    'real',
    (lng1, lat1, lng2, lat2) =>
      isPlace(lng1, lat1) && isPlace(lng2, lat2) ? distance([lng1, lat1], [lng2, lat2]) : null,
  ),
  geo_point_in_circle: script(
    ['real', 'real', 'real', 'real', 'real'],
    'bool',
    (lng, lat, centerLng, centerLat, radius) => {
      if (!isPlace(lng, lat) || !isPlace(centerLng, centerLat) || radius < 0) return null;
      return distance([lng, lat], [centerLng, centerLat]) <= radius;
    },
  ),
  geo_point_in_polygon: script(['real', 'real', 'dynamic'], 'bool', (lng, lat, json) => {
    const polygons = polygonsOf(json);
    if (!polygons || !isPlace(lng, lat)) return null;
    return polygons.some((polygon) => isInside(polygon, [lng, lat]));
  }),
  geo_distance_point_to_line: script(['real', 'real', 'dynamic'], 'real', (lng, lat, json) => {
    const lines = linesOf(json);
    if (!lines || !isPlace(lng, lat)) return null;
    return Math.min(...lines.flatMap(edges).map(([from, to]) => toEdge([lng, lat], from, to)));
  }),
  geo_distance_point_to_polygon: script(['real', 'real', 'dynamic'], 'real', (lng, lat, json) => {
    const polygons = polygonsOf(json);
    if (!polygons || !isPlace(lng, lat)) return null;
    if (polygons.some((polygon) => isInside(polygon, [lng, lat]))) return 0;
    const all = polygons.flat().flatMap(edges);
    return Math.min(...all.map(([from, to]) => toEdge([lng, lat], from, to)));
  }),
  geo_line_length: script(['dynamic'], 'real', (json) => {
    const line = single(linesOf(json));
    return line ? length(line) : null;
  }),
  geo_polygon_perimeter: script(['dynamic'], 'real', (json) => {
    const polygon = single(polygonsOf(json));
    return polygon ? polygon.reduce((sum, ring) => sum + length(ring), 0) : null;
  }),
  geo_polygon_area: script(['dynamic'], 'real', (json) => {
    const polygon = single(polygonsOf(json));
    if (!polygon) return null;
    return polygon.reduce((sum, ring, index) => sum + (index === 0 ? 1 : -1) * areaOf(ring), 0);
  }),
};
