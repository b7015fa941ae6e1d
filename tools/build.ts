import { buildStale } from '../server/src/supervisor/build.ts'

/** `npm run build`: the web pages, when their sources changed. Nothing else needs building. */
await buildStale(console.log)
console.log('网页已是最新')
