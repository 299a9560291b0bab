import { defineConfig } from 'vite';
import react from '@vitejs/plugin-react';

/** Large libraries stand in chunks of their own: they change seldom, and charts and the canvas load when needed. */
const libraries: [string, RegExp][] = [
  ['echarts', /node_modules\/(echarts|zrender)\//],
  ['canvas', /node_modules\/(@xyflow|d3-|zustand|classcat)/],
  ['antd', /node_modules\/(antd|@ant-design|@rc-component|rc-)/],
  ['contract', /(node_modules\/zod\/|packages\/contract\/)/],
  ['react', /node_modules\/(react|react-dom|react-router|react-router-dom|scheduler|@tanstack)\//],
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
