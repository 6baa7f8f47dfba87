// Prints what a partner's page loads (JavaScript, WebAssembly, CSS), raw and by Brotli at its
// highest quality, and fails above the budget. Counts every such file of the built site, so a
// file that only some pages load counts too: an upper bound, never a flattering figure.
//
//   node .setup/size.mjs SITE_FOLDER

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

// 1 kB is 1000 bytes.
const BUDGET_BYTES = 92_000;

const site = process.argv[2];
if (!site || !existsSync(site)) {
  console.error(`There is no built site at ${site}: run "make build" first.`);
  process.exit(1);
}

const files = readdirSync(site, { recursive: true })
  .filter((name) => /\.(m?js|wasm|css)$/.test(name))
  .sort();
if (files.length === 0) {
  console.error(`There is neither JavaScript nor CSS below ${site}: run "make build" first.`);
  process.exit(1);
}

const row = (name, raw, compressed) =>
  console.log(`${name.padEnd(40)} ${String(raw).padStart(10)} ${String(compressed).padStart(10)}`);

row("file (bytes)", "raw", "brotli");
let rawTotal = 0;
let compressedTotal = 0;
for (const name of files) {
  const content = readFileSync(join(site, name));
  const compressed = brotliCompressSync(content, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    },
  });
  rawTotal += content.length;
  compressedTotal += compressed.length;
  row(name, content.length, compressed.length);
}
row("total", rawTotal, compressedTotal);

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
const within = compressedTotal <= BUDGET_BYTES;
console.log(
  `${kilobytes(compressedTotal)} of a budget of ${kilobytes(BUDGET_BYTES)}: ` +
    (within ? "within it." : `${kilobytes(compressedTotal - BUDGET_BYTES)} too much.`),
);
process.exit(within ? 0 : 1);
