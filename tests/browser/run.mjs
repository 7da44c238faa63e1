// Runs the browser stories with Node's own test runner. Usage: npm run stories [-- NAME…]; a name picks the files
// whose name contains it. KHIW_BIN and CHROMIUM_BIN name other binaries.

import { existsSync, readdirSync } from 'node:fs';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

import { missing } from './stage/binary.mjs';

/** A guard against what hangs, not a measure. */
const FILE_WITHIN_MS = 360_000;
/** Stories mostly wait for browsers, not for the processor. */
const AT_ONCE = 2;

const chromium = process.env.CHROMIUM_BIN ?? '/usr/bin/chromium';
const lacks = missing() ?? (existsSync(chromium) ? null : `${chromium} is missing. Install Chromium or set CHROMIUM_BIN.`);
if (lacks !== null) {
  console.error(lacks);
  process.exit(2);
}

const folder = fileURLToPath(new URL('./stories/', import.meta.url));
const wanted = process.argv.slice(2);
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.story.mjs'))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
  .map((name) => folder + name);
if (files.length === 0) {
  console.error(`No story is named like ${wanted.join(' ')}.`);
  process.exit(2);
}

const counts = { pass: 0, fail: 0 };
const began = performance.now();
const stream = run({ files, concurrency: AT_ONCE, timeout: FILE_WITHIN_MS });
const isStory = ({ details }) => details.type !== 'suite';
stream.on('test:pass', (event) => isStory(event) && (counts.pass += 1));
stream.on('test:fail', (event) => isStory(event) && (counts.fail += 1));
stream.compose(new spec()).pipe(process.stdout);
stream.on('end', () => {
  process.exitCode = counts.fail > 0 || counts.pass === 0 ? 1 : 0;
  process.once('exit', () => {
    console.log(`# pass ${counts.pass}`);
    console.log(`# fail ${counts.fail}`);
    console.log(`# duration_s ${((performance.now() - began) / 1000).toFixed(1)}`);
  });
});
