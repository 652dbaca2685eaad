// Bundles test/*.test.ts with the builder we have anyway and runs them in Node's own
// test runner, so that tests need no framework.
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const outDir = join(root, 'node_modules', '.cache', 'test');
rmSync(outDir, { recursive: true, force: true });
const tests = readdirSync(join(root, 'test')).filter((f) => f.endsWith('.test.ts'));
await build({
  root,
  logLevel: 'warn',
  build: {
    ssr: true,
    outDir,
    emptyOutDir: true,
    copyPublicDir: false,
    rollupOptions: {
      input: tests.map((f) => join(root, 'test', f)),
      output: { entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs', manualChunks: undefined },
    },
  },
});
const files = tests.map((f) => join(outDir, f.replace(/\.ts$/, '.mjs')));
process.exit(spawnSync(process.execPath, ['--test', ...files], { stdio: 'inherit' }).status ?? 1);
