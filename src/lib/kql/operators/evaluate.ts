import type { OperatorRule } from '../operators.js';
import { bagUnpack } from '../plugins/bag-unpack.js';
import { dcountIntersect } from '../plugins/dcount-intersect.js';
import { ipv4Lookup, ipv6Lookup } from '../plugins/ip-lookup.js';
import { narrow } from '../plugins/narrow.js';
import { pivot } from '../plugins/pivot.js';
import { REFUSED, withReason } from '../refused.js';

/** The plugins that this engine knows. */
export const PLUGINS: Readonly<Record<string, OperatorRule<'EvaluateOperator'>>> = {
  bag_unpack: bagUnpack,
  dcount_intersect: dcountIntersect,
  ipv4_lookup: ipv4Lookup,
  ipv6_lookup: ipv6Lookup,
  narrow,
  pivot,
};

export const evaluate: OperatorRule<'EvaluateOperator'> = (node, input, scope, binder) => {
  const { name } = node.FunctionCall.Name;
  const plugin = Object.hasOwn(PLUGINS, name) ? PLUGINS[name] : undefined;
  if (!plugin) return binder.refuse(withReason(`evaluate ${name}`, REFUSED.plugins), node.span);
  return plugin(node, input, scope, binder);
};
