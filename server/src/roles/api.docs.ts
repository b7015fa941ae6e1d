import { API_PREFIX, accessTitle, ERRORS, endpointsOf, toOpenApi } from '@sanjiang/contract'
import type { FastifyInstance } from 'fastify'

const escapeHtml = (text: unknown): string => String(text).replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)

const STYLE = `body{font:16px/1.6 system-ui,"Noto Sans CJK SC",sans-serif;margin:0 auto;max-width:64rem;padding:1rem;color:#1a1a1a;background:#fff}
h2{margin-top:2.5rem;border-bottom:2px solid #0b5cad}code,pre{font:14px/1.5 ui-monospace,monospace}pre{background:#f4f6f8;padding:.75rem;overflow:auto}
table{border-collapse:collapse;width:100%}th,td{border:1px solid #c7cfd6;padding:.35rem .5rem;text-align:left;vertical-align:top}summary{cursor:pointer;padding:.35rem 0}
.method{display:inline-block;min-width:4.5rem;font-weight:700;color:#0b5cad}a{color:#0b5cad}`

type Entry = ReturnType<typeof endpointsOf>[number]

const schemaBlock = (title: string, schema: unknown): string =>
  schema ? `<h4>${title}</h4><pre tabindex="0">${escapeHtml(JSON.stringify(schema, null, 2))}</pre>` : ''

const entryBlock = ({ name, endpoint: ep }: Entry): string => `
<details id="${escapeHtml(name)}"><summary><span class="method">${ep.method}</span><code>${escapeHtml(API_PREFIX + ep.path)}</code> ${escapeHtml(ep.summary)}</summary>
<p>权限：${escapeHtml(accessTitle(ep.permission))}（<code>${escapeHtml(ep.permission)}</code>）</p>
${schemaBlock('路径参数', ep.params)}${schemaBlock('查询参数', ep.query)}${schemaBlock('请求体', ep.body)}${schemaBlock('回答', ep.response)}</details>`

const errorRows = Object.entries(ERRORS)
  .map(
    ([code, { status, title, party }]) =>
      `<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${title}</td><td>${party}</td></tr>`,
  )
  .join('')

const renderDocs = (entries: Entry[]): string => {
  const modules = [...new Set(entries.map(({ module }) => module))]
  const sections = modules.map(
    (module) =>
      `<h2 id="${module}">${module}</h2>${entries
        .filter((one) => one.module === module)
        .map(entryBlock)
        .join('')}`,
  )
  return `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>三江 接口文档</title><style>${STYLE}</style></head><body><main><h1>三江 接口文档</h1>
<p>机器可读：<a href="/api/openapi.json">OpenAPI 3.1</a>。错误一律为 <code>application/problem+json</code>，见<a href="#errors">错误表</a>。</p>
<nav aria-label="模块">${modules.map((module) => `<a href="#${module}">${module}</a>`).join(' · ')}</nav>${sections.join('')}
<h2 id="errors">错误表</h2><table><thead><tr><th>code</th><th>HTTP</th><th>含义</th><th>责任方</th></tr></thead><tbody>${errorRows}</tbody></table></main></body></html>`
}

/** `/api/openapi.json` and a page people can read, both from the contract's constants and rendered once. */
export const mountDocs = (app: FastifyInstance, contract: object): void => {
  const modules = contract as Record<string, object>
  const document = toOpenApi(modules, '1')
  const page = renderDocs(endpointsOf(modules))
  app.get('/api/openapi.json', async (_, reply) => reply.header('cache-control', 'public, max-age=300').send(document))
  app.get('/api/docs', async (_, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
      .send(page),
  )
}
