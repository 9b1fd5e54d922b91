import type { Host } from '../lib/host.js';
import type { SharedCommand } from './shared-options.js';

export function define(_command: SharedCommand, _host: Host): void {}
