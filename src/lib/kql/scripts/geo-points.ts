import { type Script, script } from './script.js';

/** A place in degrees, as GeoJSON has it: longitude first. */
export type Place = readonly [longitude: number, latitude: number];

export type Vector = readonly [x: number, y: number, z: number];

export const RADIANS = Math.PI / 180;

export function toVector([longitude, latitude]: Place): Vector {
  const [theta, phi] = [longitude * RADIANS, latitude * RADIANS];
  return [Math.cos(phi) * Math.cos(theta), Math.cos(phi) * Math.sin(theta), Math.sin(phi)];
}

export function isPlace(longitude: number, latitude: number): boolean {
  return Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90;
}

export function pointJson(place: Place): string {
  return JSON.stringify({ type: 'Point', coordinates: place });
}

/** @param ring the corners; the first is repeated at the end */
export function polygonJson(ring: readonly Place[]): string {
  return JSON.stringify({ type: 'Polygon', coordinates: [[...ring, ...ring.slice(0, 1)]] });
}

const DIGITS = '0123456789bcdefghjkmnpqrstuvwxyz';

/** A box of a geohash. */
interface Box {
  readonly west: number;
  readonly south: number;
  readonly width: number;
  readonly height: number;
}

function toGeohash(longitude: number, latitude: number, length: number): string {
  if (!isPlace(longitude, latitude) || length < 1 || length > 18) return '';
  const ranges = [
    { value: longitude, low: -180, high: 180 },
    { value: latitude, low: -90, high: 90 },
  ];
  let bits = '';
  for (let bit = 0; bit < length * 5; bit++) {
    const range = ranges[bit % 2];
    if (!range) continue;
    const middle = (range.low + range.high) / 2;
    const isHigh = range.value >= middle;
    bits += isHigh ? '1' : '0';
    if (isHigh) range.low = middle;
    else range.high = middle;
  }
  return (bits.match(/.{5}/g) ?? []).map((five) => DIGITS[Number.parseInt(five, 2)]).join('');
}

function boxOf(geohash: string): Box | undefined {
  if (!/^[0-9b-hjkmnp-z]{1,18}$/.test(geohash)) return undefined;
  let [west, south, width, height] = [-180, -90, 360, 180];
  const bits = [...geohash]
    .map((digit) => DIGITS.indexOf(digit).toString(2).padStart(5, '0'))
    .join('');
  [...bits].forEach((bit, index) => {
    if (index % 2 === 0) {
      width /= 2;
      if (bit === '1') west += width;
    } else {
      height /= 2;
      if (bit === '1') south += height;
    }
  });
  return { west, south, width, height };
}

/** Steps to the east and north, in the order of Kusto's answers. */
const AROUND = [
  [-1, -1],
  [-1, 1],
  [1, -1],
  [0, 1],
  [-1, 0],
  [1, 1],
  [1, 0],
  [0, -1],
] as const;

/** Around the date line, but not over the poles. */
function neighbours(geohash: string): string | null {
  const box = boxOf(geohash);
  if (!box) return null;
  const found = AROUND.flatMap(([right, up]) => {
    const longitude = box.west + box.width * (right + 0.5);
    const latitude = box.south + box.height * (up + 0.5);
    if (Math.abs(latitude) > 90) return [];
    return [
      toGeohash(longitude - 360 * Math.floor((longitude + 180) / 360), latitude, geohash.length),
    ];
  });
  return JSON.stringify([...new Set(found)].filter((hash) => hash !== geohash));
}

export const GEOHASHES: Readonly<Record<string, Script>> = {
  geo_point_to_geohash: script(['real', 'real', 'int'], 'string', toGeohash),
  geo_geohash_to_central_point: script(['string'], 'dynamic', (geohash) => {
    const box = boxOf(geohash);
    return box ? pointJson([box.west + box.width / 2, box.south + box.height / 2]) : null;
  }),
  geo_geohash_to_polygon: script(['string'], 'dynamic', (geohash) => {
    const box = boxOf(geohash);
    if (!box) return null;
    const { west, south, width, height } = box;
    return polygonJson([
      [west, south],
      [west + width, south],
      [west + width, south + height],
      [west, south + height],
    ]);
  }),
  geo_geohash_neighbors: script(['string'], 'dynamic', neighbours),
};
