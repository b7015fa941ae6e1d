/** What the portal is called on its pages and in every catalogue it tells. */
export const SITE_NAME = '青海省公共数据开放'
