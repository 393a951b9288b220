import { pullSyncSecret } from '@gatehouse/contracts';
import type { ConfigExport, KnownProvider, SecretValue } from '@gatehouse/contracts';
import type { SecretPlace } from './config-secrets.js';
import { pullSyncDestination } from './secret-destination.js';

/** The secret access key by which a directory is read: apart from signing in, and only where an access key is named. */
export function pullSyncPlace(
  key: string,
  { enabled, pullSync }: Pick<ConfigExport['providers'][string], 'enabled' | 'pullSync'>,
): readonly SecretPlace[] {
  if (pullSync?.accessKeyId === undefined) return [];
  const path = ['providers', key, ...pullSyncSecret];
  return [{ name: path.join('.'), path, required: enabled, destination: pullSyncDestination(pullSync) }];
}

/** Of a document that is wrong somewhere: nothing is said where what decides is not known, or one is given. */
export function knownPullSyncPlace(key: string, { values, wrong }: KnownProvider): readonly SecretPlace[] {
  const { enabled, pullSync } = values;
  if (wrong.has('pullSync') || enabled === undefined || pullSync?.secretAccessKey !== undefined) return [];
  return pullSyncPlace(key, { enabled, pullSync });
}

export function givenPullSyncSecret({ values }: KnownProvider): SecretValue | undefined {
  return values.pullSync?.secretAccessKey;
}
