import type { ProviderConfig, PullSync } from '@gatehouse/contracts';

export interface PulledProvider {
  readonly provider: ProviderConfig;
  readonly pullSync: PullSync;
}

/** @returns undefined where nothing is read: there is no such provider, it is off, or it has no `pullSync` */
export function pulledProvider(provider: ProviderConfig | undefined): PulledProvider | undefined {
  return provider?.enabled === true && provider.pullSync ? { provider, pullSync: provider.pullSync } : undefined;
}
