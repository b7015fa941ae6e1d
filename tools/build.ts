import { buildStale } from '../server/src/supervisor/build.ts'
import { buildAgent } from './build.agent.ts'

/** `npm run build`: the web pages, when their sources changed; `npm run build -- agent`: the departments' exchange node. */
if (process.argv.includes('agent')) console.log(`前置节点已生成:${await buildAgent()}`)
else {
  await buildStale(console.log)
  console.log('网页已是最新')
}
