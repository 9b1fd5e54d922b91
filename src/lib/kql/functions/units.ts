import { convert } from '../convert.js';
import type { Operand } from '../operand.js';
import type { CallFacts, Rule } from '../rule.js';

type Units = Readonly<Record<string, number>>;

/** `Micro` before `meter`, and so on. */
const PREFIXES: Units = {
  Nano: 1e-9,
  Micro: 1e-6,
  Milli: 1e-3,
  Centi: 1e-2,
  Deci: 0.1,
  Deca: 10,
  Hecto: 100,
  Kilo: 1e3,
  Mega: 1e6,
  Giga: 1e9,
  Tera: 1e12,
};

function prefixed(unit: string, prefixes: readonly string[], size = 1): Units {
  const name = unit.charAt(0).toLowerCase() + unit.slice(1);
  return Object.fromEntries([
    [unit, size],
    ...prefixes.map((prefix) => [prefix + name, (PREFIXES[prefix] ?? 1) * size] as const),
  ]);
}

const SECONDS: Units = { Second: 1, Minute: 60, Hour: 3600 };

/** A length for each length of time, of those that Kusto knows. */
function per(length: string, size: number, times: readonly string[]): Units {
  return Object.fromEntries(
    times.map((time) => [`${length}Per${time}`, size / (SECONDS[time] ?? 1)] as const),
  );
}

const ALL = Object.keys(SECONDS);
const SHORT = ['Second', 'Minute'];

/**
 * What a unit is of the first of its kind. Those that are defined by an exact number: for others, such as the
 * mile or the barrel, Kusto has a rounding of its own.
 *
 * Known from: documented, "convert_length()" and its kin, for the names; the definitions of 1959 and of SI.
 */
const UNITS: Readonly<Record<string, Units>> = {
  angle: {
    Degree: 1,
    Arcminute: 1 / 60,
    Arcsecond: 1 / 3600,
    Gradian: 0.9,
    Revolution: 360,
    ...prefixed('Radian', ['Centi', 'Deci', 'Micro', 'Milli', 'Nano'], 180 / Math.PI),
    Microdegree: 1e-6,
    Millidegree: 1e-3,
    Nanodegree: 1e-9,
  },
  energy: {
    ...prefixed('Joule', ['Giga', 'Kilo', 'Mega', 'Milli']),
    ...prefixed('WattHour', ['Giga', 'Kilo', 'Mega', 'Tera'], 3600),
    ...prefixed('WattDay', ['Giga', 'Kilo', 'Mega', 'Tera'], 86_400),
    ...prefixed('Calorie', ['Kilo', 'Mega'], 4.184),
    ...prefixed('BritishThermalUnit', ['Giga', 'Kilo', 'Mega'], 1055.05585262),
    Erg: 1e-7,
  },
  force: {
    ...prefixed('Newton', ['Deca', 'Kilo', 'Mega', 'Micro', 'Milli']),
    Dyn: 1e-5,
    KilogramForce: 9.80665,
    KiloPond: 9.80665,
    TonneForce: 9806.65,
  },
  length: {
    ...prefixed('Meter', ['Centi', 'Deca', 'Deci', 'Hecto', 'Kilo', 'Micro', 'Milli', 'Nano']),
    Angstrom: 1e-10,
    Foot: 0.3048,
    Hand: 0.1016,
    Inch: 0.0254,
    Microinch: 2.54e-8,
    Mil: 2.54e-5,
    NauticalMile: 1852,
    Yard: 0.9144,
  },
  mass: {
    ...prefixed('Gram', ['Centi', 'Deca', 'Deci', 'Hecto', 'Kilo', 'Micro', 'Milli', 'Nano']),
    ...prefixed('Tonne', ['Kilo', 'Mega'], 1e6),
    ...prefixed('Pound', ['Kilo', 'Mega'], 453.59237),
  },
  speed: {
    ...per('Meter', 1, ALL),
    ...per('Centimeter', 0.01, ALL),
    ...per('Decimeter', 0.1, SHORT),
    ...per('Foot', 0.3048, ALL),
    ...per('Inch', 0.0254, ALL),
    ...per('Kilometer', 1000, ALL),
    ...per('Micrometer', 1e-6, SHORT),
    ...per('Millimeter', 1e-3, ALL),
    ...per('Nanometer', 1e-9, SHORT),
    ...per('Yard', 0.9144, ALL),
  },
  volume: {
    ...prefixed(
      'Liter',
      ['Centi', 'Deca', 'Deci', 'Hecto', 'Kilo', 'Mega', 'Micro', 'Milli'],
      1e-3,
    ),
    CubicMeter: 1,
    AcreFoot: 1 / 0.000810714, // Documented: the example of "convert_volume()".
    CubicDecimeter: 1e-3,
    CubicCentimeter: 1e-6,
    CubicMillimeter: 1e-9,
    CubicMicrometer: 1e-18,
    CubicHectometer: 1e6,
    CubicKilometer: 1e9,
    HectocubicMeter: 100,
    KilocubicMeter: 1000,
  },
};

function rule(kind: string): Rule {
  return {
    args: ['real', 'string'],
    sql: ([value, from, to], call) => {
      const units = UNITS[kind] ?? {};
      const ratio = sizeOf(from, units, call) / sizeOf(to, units, call);
      // Fifteen digits are sure; the noise behind them would show.
      return `(${value?.sql} * ${Number(ratio.toPrecision(15)).toExponential()})`;
    },
  };
}

function sizeOf(unit: Operand | undefined, units: Units, call: CallFacts): number {
  const name = typeof unit?.literal === 'string' ? unit.literal : undefined;
  const size = name !== undefined && Object.hasOwn(units, name) ? units[name] : undefined;
  if (size === undefined) {
    return call.refuse(name === undefined ? 'a computed unit' : `the unit "${name}"`, call.span);
  }
  return size;
}

/** Each scale as a factor and an offset from its zero: kelvin are `degrees * factor + offset`. */
const SCALES: Readonly<Record<string, readonly [factor: number, offset: number]>> = {
  Kelvin: [1, 0],
  DegreeCelsius: [1, 273.15],
  MillidegreeCelsius: [1e-3, 273.15],
};

function temperature([value, from, to]: readonly Operand[], call: CallFacts): string {
  const scale = (unit: Operand | undefined) => {
    const name = typeof unit?.literal === 'string' ? unit.literal : undefined;
    const known = name !== undefined && Object.hasOwn(SCALES, name) ? SCALES[name] : undefined;
    return known ?? call.refuse(`the unit "${name ?? ''}"`, call.span);
  };
  if (!value) return call.refuse(call.name, call.span);
  const [[factor, offset], [ownFactor, ownOffset]] = [scale(from), scale(to)];
  const { sql } = convert(value, 'real');
  return `((${sql} * ${factor}e0 + ${offset}e0 - ${ownOffset}e0) / ${ownFactor}e0)`;
}

export const CONVERT_UNITS: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(Object.keys(UNITS).map((kind) => [`convert_${kind}`, rule(kind)])),
  convert_temperature: { args: ['real', 'string'], sql: temperature },
};
