import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SCRIPTS } from '../../src/lib/kql/scripts/all.js';
import type { ScriptValue } from '../../src/lib/kql/scripts/script.js';

function run(name: string, ...args: readonly ScriptValue[]): ScriptValue | null {
  const script = SCRIPTS[name];
  if (!script) throw new Error(`There is no script ${name}.`);
  return script.run(args);
}

function json(name: string, ...args: readonly ScriptValue[]): unknown {
  return JSON.parse(String(run(name, ...args)));
}

const word = fc.stringMatching(/^[a-z\d]{1,8}$/);
const bytes = fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 40 });
const octets = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 4, maxLength: 4 });
const ipv4 = octets.map((parts) => parts.join('.'));

test('parse_url finds the parts that the URL of the web platform finds', () => {
  const url = fc.record({
    scheme: fc.constantFrom('http', 'https', 'ftp'),
    user: fc.option(fc.tuple(word, word)),
    host: fc.array(word, { minLength: 1, maxLength: 3 }).map((labels) => `x${labels.join('.x')}`),
    port: fc.option(fc.integer({ min: 1024, max: 65_535 })),
    path: fc.array(word, { maxLength: 3 }).map((steps) => `/${steps.join('/')}`),
    query: fc.uniqueArray(
      fc.tuple(
        word.map((name) => `k${name}`),
        word,
      ),
      { selector: ([name]) => name, maxLength: 3 },
    ),
    fragment: fc.option(word),
  });
  fc.assert(
    fc.property(url, ({ scheme, user, host, port, path, query, fragment }) => {
      const text = `${scheme}://${user ? `${user.join(':')}@` : ''}${host}${port ? `:${port}` : ''}${path}${query.length > 0 ? `?${query.map((pair) => pair.join('=')).join('&')}` : ''}${fragment ? `#${fragment}` : ''}`;
      const oracle = new URL(text);
      expect(json('parse_url', text)).toEqual({
        Scheme: oracle.protocol.slice(0, -1),
        Host: oracle.hostname,
        Port: oracle.port,
        Path: oracle.pathname,
        Username: oracle.username,
        Password: oracle.password,
        'Query Parameters': Object.fromEntries(oracle.searchParams),
        Fragment: oracle.hash.slice(1),
      });
    }),
  );
});

test('base64 is that of Node, there and back', () => {
  fc.assert(
    fc.property(bytes, (values) => {
      const text = Buffer.from(values).toString('base64');
      expect(run('base64_encode_fromarray', JSON.stringify(values))).toBe(text);
      expect(json('base64_decode_toarray', text)).toEqual(values);
    }),
  );
});

test('a guid comes back from base64', () => {
  fc.assert(
    fc.property(fc.uuid(), (guid) => {
      expect(run('base64_decode_toguid', String(run('base64_encode_fromguid', guid)))).toBe(guid);
    }),
  );
});

test('any text comes back from punycode, which is ASCII', () => {
  const letters = fc.string({ unit: 'grapheme', maxLength: 12 });
  fc.assert(
    fc.property(letters, (text) => {
      const encoded = String(run('punycode_from_string', text));
      expect(encoded).toMatch(/^[\x00-\x7f]*$/);
      expect(run('punycode_to_string', encoded)).toBe(text);
    }),
  );
});

test('a command line quoted as Windows wants it falls into the same arguments', () => {
  const argument = fc.string({
    unit: fc.constantFrom('a', ' ', '"', '\\', 'é'),
    minLength: 1,
    maxLength: 8,
  });
  const quote = (text: string) =>
    `"${text.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;
  fc.assert(
    fc.property(fc.array(argument, { minLength: 1, maxLength: 4 }), (args) => {
      expect(json('parse_command_line', args.map(quote).join(' '))).toEqual(args);
    }),
  );
});

test('the prefixes of a range cover it once, from end to end', () => {
  const toNumber = (text: string) =>
    text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  fc.assert(
    fc.property(ipv4, ipv4, (one, other) => {
      const [start = '', end = ''] = [one, other].sort((a, b) => toNumber(a) - toNumber(b));
      const prefixes = json('ipv4_range_to_cidr_list', start, end);
      if (!Array.isArray(prefixes)) throw new Error('No list.');
      const next = prefixes.reduce<number>((at, prefix) => {
        const [address = '', length] = String(prefix).split('/');
        expect(toNumber(address)).toBe(at);
        return at + 2 ** (32 - Number(length));
      }, toNumber(start));
      expect(next).toBe(toNumber(end) + 1);
    }),
  );
});

test('an address is written in full, however it was shortened', () => {
  const groups = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), {
    minLength: 8,
    maxLength: 8,
  });
  fc.assert(
    fc.property(groups, (numbers) => {
      const hex = numbers.map((number) => number.toString(16));
      const short = new URL(`http://[${hex.join(':')}]/`).hostname.slice(1, -1);
      const full = hex.map((group) => group.padStart(4, '0')).join(':');
      expect(run('parse_ipv6', short)).toBe(full);
    }),
  );
});

test('dynamic_to_json keeps values, and writes the same bag alike in whatever order it comes', () => {
  const reversed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reversed);
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value).map(
      ([name, member]) => [name, reversed(member)] as const,
    );
    return Object.fromEntries(members.reverse());
  };
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      const written = String(run('dynamic_to_json', text));
      expect(JSON.parse(written)).toEqual(JSON.parse(text));
      expect(run('dynamic_to_json', JSON.stringify(reversed(JSON.parse(text))))).toBe(written);
    }),
  );
});

test('a place lies in the box of its geohash, and the middle of a cell of S2 in that cell', () => {
  const longitude = fc.double({ min: -180, max: 179.999, noNaN: true });
  const latitude = fc.double({ min: -89.999, max: 89.999, noNaN: true });
  fc.assert(
    fc.property(longitude, latitude, fc.integer({ min: 1, max: 12 }), (lng, lat, length) => {
      const hash = String(run('geo_point_to_geohash', lng, lat, length));
      const box = json('geo_geohash_to_polygon', hash);
      expect(box).toMatchObject({ type: 'Polygon' });
      const [[[west, south], , [east, north]]] = Object(box).coordinates;
      expect(west <= lng && lng <= east && south <= lat && lat <= north).toBe(true);

      const token = String(run('geo_point_to_s2cell', lng, lat, length * 2));
      const [centerLng, centerLat] = Object(json('geo_s2cell_to_central_point', token)).coordinates;
      expect(run('geo_point_to_s2cell', centerLng, centerLat, length * 2)).toBe(token);
    }),
  );
});
