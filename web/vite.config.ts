import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const API = process.env.API_ORIGIN ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: 'dist/staff',
    emptyOutDir: true,
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      // sm-crypto-v2 asks Node for random numbers where globalThis.crypto is missing; no browser gets that far.
      external: ['crypto'],
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules[\\/](react|react-dom|react-router|scheduler)[\\/]/ },
            { name: 'antd', test: /node_modules[\\/](antd|@ant-design|@rc-component|rc-[\w-]+|dayjs)[\\/]/ },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': API } },
})
