import type { Subscription } from '@sanjiang/contract/exchange'

/** Where a transfer ends, as its consumer wrote it. */
export const targetText = ({ target_kind, target, webhook_url, connection }: Subscription): string =>
  target_kind === 'push' ? (webhook_url ?? '') : [connection, target].filter(Boolean).join(' / ')
