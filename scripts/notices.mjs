// Writes THIRD-PARTY-NOTICES from the modules that the bundle really contains.
// `node scripts/notices.mjs` writes it, `--check` fails if it is not current.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { loadConfig } from 'rolldown/config';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(root, 'THIRD-PARTY-NOTICES');
process.chdir(root);

const packages = await bundledPackages();
const text = print(packages);

if (!process.argv.includes('--check')) {
  writeFileSync(target, text);
  console.log(`THIRD-PARTY-NOTICES: ${packages.length} packages.`);
} else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
  console.error('THIRD-PARTY-NOTICES is not current. Write it with: npm run notices');
  process.exitCode = 1;
} else {
  console.log(`THIRD-PARTY-NOTICES is current: ${packages.length} packages.`);
}

/** Every package with a module in the bundle, by name. */
async function bundledPackages() {
  const config = await loadConfig(join(root, 'rolldown.config.ts'));
  const bundle = await rolldown({ ...config, logLevel: 'silent' });
  const { output } = await bundle.generate(config.output);
  await bundle.close();
  const modules = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
  const folders = new Set(modules.flatMap(packageFolder));
  // The bundler's own helpers are part of what it writes.
  folders.add(join(root, 'node_modules', 'rolldown'));
  // Two copies of the same version count once.
  const found = new Map([...folders].map(describe).map((it) => [`${it.name} ${it.version}`, it]));
  return [...found.keys()].sort().map((key) => found.get(key));
}

/** The folder of the package that a module belongs to; none for this project's own modules. */
function packageFolder(module) {
  const path = module.replaceAll('\\', '/').replace(/^\0/, '').replace(/\?.*$/, '');
  const match = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path);
  return match ? [match[1]] : [];
}

function describe(folder) {
  const facts = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)([.-].*)?$/i.test(name));
  const { name, version } = facts;
  const license = typeof facts.license === 'string' ? facts.license : facts.license?.type;
  if (license === undefined) throw new Error(`${name} ${version} names no licence.`);
  const url = facts.repository?.url ?? facts.repository ?? facts.homepage ?? '';
  return {
    name,
    version,
    license,
    url: expandUrl(url),
    text: file ? normalize(readFileSync(join(folder, file), 'utf8')) : standardText(facts, license),
  };
}

function expandUrl(url) {
  const match = /(?:^|github(?:\.com)?[:/])([\w.-]+\/[\w.-]+?)(?:\.git)?$/.exec(url);
  return match ? `https://github.com/${match[1]}` : url;
}

function normalize(text) {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  return lines
    .map((line) => line.trimEnd())
    .join('\n')
    .trim();
}

/** For a package that names MIT but does not carry its text. */
function standardText({ name, version, author }, license) {
  if (license !== 'MIT') throw new Error(`${name} ${version} (${license}) has no licence file.`);
  const holder = (typeof author === 'string' ? author : author?.name) ?? `the ${name} authors`;
  const own = readFileSync(join(root, 'LICENSE'), 'utf8');
  return normalize(own).replace(/^Copyright .*$/m, `Copyright (c) ${holder.replace(/ <.*/, '')}`);
}

/** Packages under the same text share it. */
function print(packages) {
  const byText = new Map();
  for (const item of packages) byText.set(item.text, [...(byText.get(item.text) ?? []), item]);
  const sections = [...byText].map(([text, items]) => {
    const heads = items.map(({ name, version, license, url }) =>
      [`${name} ${version} (${license})`, url].filter(Boolean).join('  '),
    );
    return `${heads.join('\n')}\n\n${text}\n`;
  });
  const intro = `THIRD-PARTY NOTICES

The files in dist/ contain code of the packages below, under their own licences.
This file is written by scripts/notices.mjs from the bundle itself.
@duckdb/node-api (MIT) is not in it: npm installs it beside aml-monitor.
`;
  return [intro, ...sections].join(`\n${'-'.repeat(80)}\n\n`);
}
