// Writes or checks dist/.source: a hash of everything the build reads. The Go test in
// this folder computes the same hash, so a stale dist cannot be committed unseen.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const inputs = ['index.html', 'package.json', 'package-lock.json', 'public', 'src', 'tsconfig.json', 'vite.config.ts'];

function* files(path) {
  let entries;
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch {
    yield path;
    return;
  }
  for (const e of entries) {
    if (e.isDirectory()) yield* files(join(path, e.name));
    else yield join(path, e.name);
  }
}

const names = inputs
  .flatMap((i) => [...files(join(root, i))])
  .map((f) => relative(root, f).split(sep).join('/'))
  .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

const all = createHash('sha256');
for (const name of names) {
  const one = createHash('sha256').update(readFileSync(join(root, name))).digest('hex');
  all.update(`${one}  ${name}\n`);
}
const line = all.digest('hex') + '\n';
const target = join(root, 'dist', '.source');
if (process.argv.includes('--write')) {
  writeFileSync(target, line);
} else if (readFileSync(target, 'utf8') !== line) {
  console.error('dist is older than its sources: run npm run build');
  process.exit(1);
}
