import { defineConfig } from 'vite';

// Names carry no hash: dist is committed and served with an ETag of its content,
// so a stable name keeps the repository's history readable.
export default defineConfig(({ command }) => ({
  // Built, it works under any path; in development it is behind the node's /web/.
  base: command === 'serve' ? '/web/' : './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: ['es2020', 'chrome87', 'firefox86', 'safari14.1'],
    assetsInlineLimit: 0,
    cssCodeSplit: true,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 500,
    rollupOptions: {
      output: {
        entryFileNames: 'assets/[name].js',
        chunkFileNames: 'assets/[name].js',
        assetFileNames: 'assets/[name][extname]',
        manualChunks: (id: string) => (id.includes('/hls.js/') ? 'hls' : undefined),
      },
    },
  },
  server: {
    host: '127.0.0.1',
    port: 5173,
    strictPort: true,
  },
}));
