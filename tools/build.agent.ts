import { rename, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const ROOT = new URL('../', import.meta.url)
const DIST = new URL('agent/dist/', ROOT)
const BUNDLE = new URL('sanjiang-agent.mjs', DIST)

/** Faster or optional parts that their packages try and do without. */
const OPTIONAL = /\.node$|^cpu-features$|^pg-native$|^pg-cloudflare$/

/** What packages written for CommonJS expect to find. */
const COMMONJS = 'const __filename = import.meta.filename, __dirname = import.meta.dirname;'

/** The agent with everything it needs in one file for Node ≥ 22: what a department copies onto its machine. */
export const buildAgent = async (): Promise<string> => {
  await build({
    configFile: false,
    root: fileURLToPath(new URL('agent/', ROOT)),
    logLevel: 'error',
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: 'src/main.ts',
      target: 'node22',
      outDir: 'dist/.making',
      emptyOutDir: true,
      minify: false,
      rolldownOptions: {
        external: OPTIONAL,
        output: { format: 'es', entryFileNames: 'sanjiang-agent.mjs', codeSplitting: false, intro: COMMONJS },
      },
    },
  })
  // Built aside and moved: whoever copies the bundle meanwhile gets the old one or the new one.
  await rename(new URL('.making/sanjiang-agent.mjs', DIST), BUNDLE)
  await rm(new URL('.making', DIST), { recursive: true })
  return fileURLToPath(BUNDLE)
}
