/** What a provider lacks, or what we lack to ask it. `reason` is in our words: it may be logged and shown to an administrator. */
export class ProviderTroubleError extends Error {
  constructor(
    readonly code:
      'PROVIDER_METADATA_UNUSABLE' | 'PROVIDER_KEYS_UNUSABLE' | 'CLIENT_KEY_UNUSABLE' | 'USERINFO_UNUSABLE',
    readonly reason: string,
    cause?: unknown,
  ) {
    super(reason, { cause });
    this.name = 'ProviderTroubleError';
  }
}
