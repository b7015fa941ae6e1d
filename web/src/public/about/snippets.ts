/** The same question in four languages; each runs as it stands. */
export const snippetsFor = (origin: string, slug: string): readonly (readonly [language: string, text: string])[] => {
  const rows = `${origin}/api/v1/datasets/${slug}/rows`
  return [
    ['curl', `curl '${rows}?limit=10'`],
    [
      'Python',
      `import csv, io, urllib.request

url = '${rows}.csv?limit=1000'
with urllib.request.urlopen(url) as answer:
    for row in csv.DictReader(io.TextIOWrapper(answer, 'utf-8')):
        print(row)`,
    ],
    ['R', `rows <- read.csv('${rows}.csv?limit=1000', fileEncoding = 'UTF-8')\nsummary(rows)`],
    [
      'JavaScript',
      `const answer = await fetch('${rows}?limit=10')
if (!answer.ok) throw new Error((await answer.json()).detail)
console.log(await answer.json())`,
    ],
  ]
}

/** Goes on where it was cut off; then the same sum twice: of what came, and as the portal tells it. */
export const checkSnippet = (
  origin: string,
  slug: string,
): string => `curl -C - -o data.csv '${origin}/datasets/${slug}/latest.csv'
sha256sum data.csv
curl -s '${origin}/datasets/${slug}/versions.json' | jq -r '.versions[0].files[] | select(.format == "csv") | .sha256'`

export const ckanSnippets = (origin: string): readonly (readonly [language: string, text: string])[] => [
  ['curl', `curl -G '${origin}/api/3/action/package_search' --data-urlencode 'q=企业' -d rows=5`],
  [
    'ckanapi（Python）',
    `from ckanapi import RemoteCKAN

portal = RemoteCKAN('${origin}')
for dataset in portal.action.package_search(q='企业', rows=5)['results']:
    print(dataset['name'], dataset['title'])`,
  ],
]
