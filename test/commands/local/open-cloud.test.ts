import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openCloud } from '../../../src/commands/local/open-cloud.js';
import { localCloud } from '../../support/local-cloud.js';

test('opening the local cloud is said for as long as it takes', async () => {
  const cloud = localCloud();
  const said: string[] = [];
  const progress = (message: string) => {
    said.push(message);
    return { update: () => {}, done: () => said.push('done') };
  };
  const openLocalCloud = async () => {
    await setTimeout(5);
    expect(said).toEqual(['Opening the local cloud']);
    return cloud.open();
  };
  await openCloud({ openLocalCloud }, { localDir: '/state' }, { progress });
  expect(said).toEqual(['Opening the local cloud', 'done']);
});
