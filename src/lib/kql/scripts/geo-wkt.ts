import { type Script, script } from './script.js';

type Coordinates = number | readonly Coordinates[];

const NAMES: Readonly<Record<string, string>> = {
  POINT: 'Point',
  LINESTRING: 'LineString',
  POLYGON: 'Polygon',
  MULTIPOINT: 'MultiPoint',
  MULTILINESTRING: 'MultiLineString',
  MULTIPOLYGON: 'MultiPolygon',
};
/** How deep the lists of each kind lie in parentheses. */
const DEPTH: Readonly<Record<string, number>> = {
  Point: 0,
  LineString: 1,
  MultiPoint: 1,
  Polygon: 2,
  MultiLineString: 2,
  MultiPolygon: 3,
};

/** Well-known text as GeoJSON; null of what is none. */
function fromText(text: string): string | null {
  const tokens = text.match(/[a-z]+|[(),]|[-+.\de]+|\S/gi) ?? [];
  let at = 0;
  const take = (token: string) => tokens[at]?.toUpperCase() === token && at++ >= 0;
  const geometry = readGeometry();
  return geometry && at === tokens.length ? JSON.stringify(geometry) : null;

  function readGeometry(): object | undefined {
    const word = (tokens[at++] ?? '').toUpperCase();
    if (word === 'GEOMETRYCOLLECTION') {
      const geometries = list(readGeometry);
      return geometries && { type: 'GeometryCollection', geometries };
    }
    const type = NAMES[word];
    const coordinates = type === undefined ? undefined : readCoordinates(type);
    return coordinates === undefined ? undefined : { type, coordinates };
  }

  function readCoordinates(type: string): Coordinates | undefined {
    const depth = DEPTH[type] ?? 0;
    if (depth === 0) return take('(') ? closed(position()) : undefined;
    return nested(depth, type === 'MultiPoint');
  }

  function nested(depth: number, mayWrap: boolean): Coordinates | undefined {
    if (depth > 1) return list(() => nested(depth - 1, mayWrap));
    return list(() => (mayWrap && take('(') ? closed(position()) : position()));
  }

  function closed(value: Coordinates | undefined): Coordinates | undefined {
    return take(')') ? value : undefined;
  }

  function position(): Coordinates | undefined {
    const pair = [Number(tokens[at++]), Number(tokens[at++])];
    return pair.every(Number.isFinite) ? pair : undefined;
  }

  function list<Item>(read: () => Item | undefined): readonly Item[] | undefined {
    if (!take('(')) return undefined;
    const items: Item[] = [];
    do {
      const item = read();
      if (item === undefined) return undefined;
      items.push(item);
    } while (take(','));
    return take(')') ? items : undefined;
  }
}

export const WKT: Readonly<Record<string, Script>> = {
  geo_from_wkt: script(['string'], 'dynamic', fromText),
};
