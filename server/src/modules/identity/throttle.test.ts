import assert from 'node:assert/strict'
import { test } from 'node:test'
import { networkOf } from './throttle.ts'

const NETWORKS: [address: string, network: string][] = [
  ['10.1.2.3', '10.1.2.3'],
  ['::ffff:10.1.2.3', '10.1.2.3'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:0001:2::9', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
]

test('tries are counted by address, in IPv6 by network (T16.1)', async (t) => {
  for (const [address, network] of NETWORKS) await t.test(address, () => assert.equal(networkOf(address), network))
})
