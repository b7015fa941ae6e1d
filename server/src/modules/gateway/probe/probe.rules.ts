/** What one knock at a provider's service came to; whose fault it is where nobody answered. */
export interface Knock {
  readonly isReached: boolean
  readonly party: 'provider' | 'platform'
  readonly message: string
}

const REACHED: Knock = { isReached: true, party: 'provider', message: '' }

/** Whatever a service says to an empty question, it is there; only what a front says for a service that is away counts. */
const AWAY: Readonly<Record<number, string>> = {
  502: '提供方前端答复 502，服务没有响应',
  503: '提供方答复 503，服务不可用',
  504: '提供方前端答复 504，服务超时',
}

export const knockOfStatus = (status: number): Knock =>
  AWAY[status] ? { isReached: false, party: 'provider', message: AWAY[status] } : REACHED

const CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: '连接被拒绝，服务没有启动或端口不对',
  ENOTFOUND: '服务地址的主机名无法解析',
  EAI_AGAIN: '服务地址的主机名暂时无法解析',
  EHOSTUNREACH: '网络不可达',
  ENETUNREACH: '网络不可达',
  ECONNRESET: '连接被对方断开',
  UND_ERR_CONNECT_TIMEOUT: '连接超时',
  UND_ERR_HEADERS_TIMEOUT: '服务没有在时限内答复',
  UND_ERR_SOCKET: '连接被对方断开',
}

export const knockOfError = (error: NodeJS.ErrnoException): Knock => {
  const code = error.code ?? ''
  if (code === 'EGRESS_REFUSED')
    return { isReached: false, party: 'platform', message: '平台的出口没有放行这个地址所在的网段' }
  const isTimeout = error.name === 'TimeoutError' || error.name === 'AbortError'
  return {
    isReached: false,
    party: 'provider',
    message: CAUSES[code] ?? (isTimeout ? '服务没有在时限内答复' : '连接失败'),
  }
}

/** One failure may be a restart; two in a row are told. */
export const FAILURES = 2
