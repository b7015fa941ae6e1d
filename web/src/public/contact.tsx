/** Telephones as they are written: with an area's code, alone, or a short number everybody knows. */
const NUMBERS = /((?<!\d)0\d{2,3}[- ]?\d{7,8}(?!\d)|(?<!\d)\d{7,8}(?!\d)|(?<!\d)1[12]\d{3}(?!\d))/

/** Whom to ask; a telephone that reads the page dials. */
export const Contact = ({ text }: { readonly text: string }) => (
  <>
    {text.split(NUMBERS).map((part, at) =>
      at % 2 === 1 ? (
        <a key={part} className="kept" href={`tel:${part.replaceAll(/\D/g, '')}`}>
          {part}
        </a>
      ) : (
        part
      ),
    )}
  </>
)
