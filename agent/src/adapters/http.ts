import { type Adapter, AdapterFault } from './adapter.ts'
import { HttpClient } from './http.client.ts'
import { readConfig } from './http.config.ts'
import { HttpSource } from './http.source.ts'

/** A department's own REST interface, read page by page: JSON over HTTP. It is read only; nothing is written to it. */
export const http: Adapter = {
  kind: 'http',
  async openSource(given, allow) {
    const config = readConfig(given)
    return new HttpSource(config, new HttpClient(config), allow)
  },
  async openTarget() {
    throw new AdapterFault('misconfigured', 'HTTP 接口只能作为数据源,不能写入')
  },
}
