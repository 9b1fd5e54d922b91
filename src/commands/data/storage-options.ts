import { Option } from '@commander-js/extra-typings';
import { STORAGE_AUTH_MODES } from '../../lib/settings/storage-settings.js';

const HEADING = 'Storage access:';

/** How the storage account is entered, with the names of `az storage`. What is typed is in no output. */
export const connectionStringOption = new Option(
  '--connection-string <text>',
  'connection string of the storage account',
).helpGroup(HEADING);
export const accountKeyOption = new Option(
  '--account-key <key>',
  'key of the storage account',
).helpGroup(HEADING);
export const sasTokenOption = new Option(
  '--sas-token <token>',
  'shared access signature that may read and list',
).helpGroup(HEADING);
export const accountNameOption = new Option(
  '--account-name <name>',
  'what the key or signature is for (default: the account of the workspace)',
).helpGroup(HEADING);
export const authModeOption = new Option(
  '--auth-mode <mode>',
  'with the sign-in, or with the key that Azure tells (default: what works)',
)
  .choices(STORAGE_AUTH_MODES)
  .helpGroup(HEADING);
