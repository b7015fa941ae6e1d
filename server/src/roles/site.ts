import type { Config } from '#config'
import type { Site } from '#kernel/ctx.ts'

/** What the modules may know of this installation. */
export const siteOf = ({
  demo,
  dataDir,
  host,
  gatewayPort,
  exchangeUrl,
  egressAllow,
  rowLeavesMonths,
  applicantMonths,
  publishDatabaseUrl,
  stageDatabaseUrl,
  publicUrl,
}: Config): Site => ({
  demo,
  dataDir,
  gatewayOrigin: `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${gatewayPort}`,
  exchangeUrl,
  egressAllow,
  rowLeavesMonths,
  applicantMonths,
  publishDatabaseUrl: publishDatabaseUrl || undefined,
  stageDatabaseUrl: stageDatabaseUrl || undefined,
  publicUrl,
})
