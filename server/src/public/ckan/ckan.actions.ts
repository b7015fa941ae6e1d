import { SITE_NAME } from '@sanjiang/contract/site.name'
import type { FastifyRequest } from 'fastify'
import { listShelved } from '../shelf/shelf.store.ts'
import { shelfOf } from '../shelf/shelf.ts'
import type { Site } from '../site.ts'
import { DATASTORE_ACTIONS } from './ckan.datastore.ts'
import { notAllowed, notFound } from './ckan.fault.ts'
import { HELP } from './ckan.help.ts'
import { licenceList } from './ckan.licence.ts'
import * as lists from './ckan.lists.ts'
import { resourcesOf } from './ckan.package.ts'
import { natural, needed, type Params } from './ckan.params.ts'
import { findResource } from './ckan.resource.ts'
import { MAX_ROWS, packageSearch } from './ckan.search.ts'
import { JsonText, packageTexts } from './ckan.shelf.ts'

/** `request` is for those that ask whether whoever asks may read rows. */
export type Action = (site: Site, params: Params, request: FastifyRequest) => Promise<unknown>

const packageShow: Action = async (site, params) => {
  const id = needed(params, 'id', 'name_or_id')
  const found = (await shelfOf(site).look()).find(id)
  const [text] = found ? await packageTexts(site, [found]) : []
  if (text === undefined) throw notFound()
  return new JsonText(text)
}

const currentPackages: Action = async (site, params) => {
  const { open } = await shelfOf(site).look()
  const from = natural(params, 'offset', { fallback: 0, max: 10_000_000 })
  const limit = natural(params, 'limit', { fallback: MAX_ROWS, max: MAX_ROWS })
  const newest = open.toSorted((a, b) => b.change_no - a.change_no).slice(from, from + limit)
  return new JsonText(`[${(await packageTexts(site, newest)).join()}]`)
}

const resourceShow: Action = async (site, params) => {
  const id = needed(params, 'id').toLowerCase()
  const found = await findResource(site, id)
  const [dataset] = found ? await listShelved(site.pool, [found.dataset_id]) : []
  const resource =
    dataset?.state === 'open' ? resourcesOf(dataset, site.origin).find((one) => one.id === id) : undefined
  if (!resource) throw notFound()
  return resource
}

const statusShow: Action = async (site) => ({
  site_title: SITE_NAME,
  site_description: '只含经审查的开放数据',
  site_url: site.origin,
  ckan_version: '2.11.0',
  error_emails_to: null,
  locale_default: 'zh_Hans_CN',
  extensions: ['datastore', 'dcat'],
  catalogue_changed: await lists.changedAt(site),
})

const helpShow: Action = async (_, params) => {
  const name = needed(params, 'name')
  const help = Object.hasOwn(HELP, name) ? HELP[name] : undefined
  if (help === undefined) throw notFound(`Action ${name} not found`)
  return help
}

const formatAutocomplete: Action = async (site, params) => {
  const q = needed(params, 'q').toLowerCase()
  const { values } = (await shelfOf(site).look()).column('res_format')
  return values.map((one) => one.toLowerCase()).filter((one) => one.includes(q))
}

const siteRead: Action = async () => true
const nothing: Action = async () => []

const CATALOGUE_ACTIONS: Readonly<Record<string, Action>> = {
  package_search: packageSearch,
  package_show: packageShow,
  dataset_show: packageShow,
  package_list: lists.packageList,
  current_package_list_with_resources: currentPackages,
  package_autocomplete: lists.packageAutocomplete,
  organization_list: lists.organizationList,
  organization_show: lists.organizationShow,
  organization_autocomplete: lists.autocomplete('organization'),
  group_list: lists.groupList,
  group_show: lists.groupShow,
  group_autocomplete: lists.autocomplete('groups'),
  tag_list: lists.tagList,
  tag_show: lists.tagShow,
  tag_search: lists.tagSearch,
  tag_autocomplete: lists.tagAutocomplete,
  format_autocomplete: formatAutocomplete,
  license_list: async ({ origin }) => licenceList(origin),
  resource_show: resourceShow,
  ...DATASTORE_ACTIONS,
  vocabulary_list: nothing,
  package_relationships_list: nothing,
  organization_list_for_user: nothing,
  status_show: statusShow,
  site_read: siteRead,
  help_show: helpShow,
}

/** One line per group of actions. */
export const ACTIONS: Readonly<Record<string, Action>> = { ...CATALOGUE_ACTIONS }

const WRITING =
  /^[a-z_]+_(create|update|patch|delete|purge|upsert|trash|follow|unfollow|invite)$|^(follow|unfollow|bulk)_/

/** What CKAN can do and a public portal does not: nobody writes here. */
export const refuseWriting = (name: string): void => {
  if (WRITING.test(name)) throw notAllowed('公共门户只读，数据由部门经审查后发布')
}
