import type { Outcome } from '../use-cases/change-each.js';
import { switchText } from './insights-view.js';
import type { View } from './view.js';

export const collectionView: View<Outcome> = {
  text: (outcome, style) =>
    switchText('Collection of model data', outcome.collection, outcome, style),
};
