import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The public pages are drawn on the server: one file that the public role loads, React inside, nothing for the browser but a style. */
export default defineConfig({
  plugins: [react()],
  ssr: { noExternal: true },
  build: {
    ssr: 'src/public/render.tsx',
    outDir: 'dist/public',
    emptyOutDir: true,
    rolldownOptions: { output: { entryFileNames: 'public-server.js' } },
  },
})
