import { defineConfig } from 'vite';
import react from '@vitejs/plugin-react';

/**
 * Libraries that every page needs stand in chunks of their own, because they change seldom. The order matters: a
 * group takes along what its modules import, so that the most shared comes first. Charts and the canvas are
 * imported by the pages that draw them and need no group.
 */
const libraries: [string, RegExp][] = [
  ['react', /node_modules\/(react|react-dom|react-router|react-router-dom|scheduler|@tanstack)\//],
  ['contract', /(node_modules\/zod\/|packages\/contract\/)/],
  ['antd', /node_modules\/(antd|@ant-design|@rc-component|rc-)/],
];

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    chunkSizeWarningLimit: 1_200,
    rolldownOptions: {
      output: {
        advancedChunks: { groups: libraries.map(([name, test]) => ({ name, test })) },
      },
    },
  },
  server: {
    proxy: Object.fromEntries(
      ['/api', '/r/', '/healthz', '/readyz'].map((path) => [
        path,
        process.env['WUTONG_SERVER'] ?? 'http://127.0.0.1:7500',
      ]),
    ),
  },
});
