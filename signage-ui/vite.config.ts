import { resolve } from 'node:path';
import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';

const root = import.meta.dirname;

/**
 * Every page a person or a screen sees, each with its own entry. The store serves them under
 * `default-src 'self'`: no script, style, font or picture is inlined, and every address starts at `/`.
 */
export default defineConfig({
  root,
  base: '/',
  plugins: [preact({ prefreshEnabled: false })],
  build: {
    outDir: resolve(root, '../dist/signage-ui'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    cssCodeSplit: true,
    modulePreload: { polyfill: false },
    target: 'es2022',
    rollupOptions: {
      input: {
        staff: resolve(root, 'staff.html'),
        login: resolve(root, 'login.html'),
        player: resolve(root, 'player.html'),
        shopper: resolve(root, 'shopper.html'),
        sw: resolve(root, 'shared/service-worker.ts'),
      },
      // The worker's address must never change, and its folder is what it may serve.
      output: { entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
    },
  },
});
