import { Parser } from 'htmlparser2';

/** What is told of a piece of XML. Names come without their prefix: some writers call every element `x:row`. */
export interface XmlListener {
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  close?(name: string): void;
  text?(text: string): void;
}

/**
 * A parser that is fed pieces of text. Document types and entities of a file's own are not known to it, so that no
 * text can grow while it is read; only XML's five entities and numbers of characters are decoded.
 */
export function createXmlParser(listener: XmlListener): { write(piece: string): void; end(): void } {
  return new Parser(
    {
      onopentag: (name, attributes) => listener.open?.(local(name), attributes),
      onclosetag: (name) => listener.close?.(local(name)),
      ontext: (text) => listener.text?.(text),
    },
    { xmlMode: true, decodeEntities: true },
  );
}

/** Reads a whole text. */
export function parseXml(text: string, listener: XmlListener): void {
  const parser = createXmlParser(listener);
  parser.write(text);
  parser.end();
}

const local = (name: string): string => name.slice(name.indexOf(':') + 1);

/** Value of an attribute whatever its prefix, e.g. `r:id`. */
export function attribute(attributes: Readonly<Record<string, string>>, name: string): string | undefined {
  if (attributes[name] !== undefined) return attributes[name];
  const key = Object.keys(attributes).find((each) => local(each) === name);
  return key === undefined ? undefined : attributes[key];
}
