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
