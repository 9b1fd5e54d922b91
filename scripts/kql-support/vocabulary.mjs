import '@kusto/language-service-next/bridge.min.js';
import '@kusto/language-service-next/Kusto.Language.Bridge.min.js';

/** Every name that Microsoft's parser knows: operators by class, the others as they are called. */
export function readVocabulary() {
  const { Bridge, Kusto } = globalThis;
  const { Aggregates, Functions, Operators, PlugIns, Syntax } = Kusto.Language;
  const isOperator = (name) =>
    name.endsWith('Operator') &&
    !['QueryOperator', 'BadQueryOperator'].includes(name) &&
    Bridge.Reflection.isAssignableFrom(Syntax.QueryOperator, Syntax[name]);
  const all = (symbols) => {
    const items = Bridge.getEnumerator(symbols);
    const found = [];
    while (items.moveNext()) found.push(items.Current);
    return found;
  };
  // Names with two underscores are of Kusto's own workshop.
  const names = (symbols) =>
    all(symbols)
      .map(({ Name }) => Name)
      .filter((name) => !name.startsWith('__'));
  return {
    operators: [
      ...Object.keys(Syntax).filter(isOperator),
      'ExternalDataExpression',
      'InlineExternalTableExpression',
    ],
    symbols: all(Operators.All).map(({ Name }) => Name),
    functions: names(Functions.All),
    aggregates: names(Aggregates.All),
    plugins: names(PlugIns.All),
  };
}
