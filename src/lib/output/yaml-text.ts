import { Document, parseDocument, visit } from 'yaml';

/**
 * A JSON text as YAML, numbers with the digits they have.
 *
 * @param place an `item` stands in a list: several one after another are a YAML list
 */
export function yamlText(json: string, place: 'value' | 'item'): string {
  const document = parseDocument(place === 'item' ? `[${json}]` : json, { intAsBigInt: true });
  visit(document, {
    Collection: (_, node) => {
      node.flow = node.items.length === 0;
    },
    Scalar: (_, node) => {
      if (typeof node.value === 'string') delete node.type;
    },
  });
  return new Document(document.contents).toString({ lineWidth: 0 });
}
