import { defineConfig } from 'vite';

// Names carry no hash: dist is committed and served with an ETag of its content,
// so a stable name keeps the repository's history readable.
export default defineConfig({
  base: './',
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
    // Reached through the node's own dev proxy, which keeps /web/.
    port: 5173,
    strictPort: true,
  },
});
