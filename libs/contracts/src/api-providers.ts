import { z } from 'zod';
import { ProviderKey } from './config-document.js';
import { Mapping } from './mapping.js';
import { ProviderAddresses } from './provider-addresses.js';
import { clientAuthentications, ProviderWithoutSecrets } from './provider.js';

/** Identity providers as an administrator sets them up. Secrets are only ever sent, never answered. */

const Moment = z.iso.datetime();

const CopyableStep = z.strictObject({
  text: z.string(),
  copy: z.array(z.strictObject({ label: z.string(), value: z.string() })).describe('To be copied as they are.'),
});

const Advice = z
  .record(z.string(), z.string())
  .describe('By topic (groups, email, username, signOut, connection): what is particular here, and what to change.');

export const ProviderPreset = z
  .strictObject({
    key: z.string(),
    name: z.string(),
    inputs: z.array(
      z.strictObject({
        name: z.string(),
        label: z.string(),
        help: z.string(),
        example: z.string(),
        pattern: z
          .string()
          .describe(
            'A regular expression for the whole value; an address is taken as well where a part of it is asked for.',
          ),
        required: z.boolean(),
      }),
    ),
    guide: z.array(CopyableStep).describe('What to do at the provider.'),
    advice: Advice,
    addresses: ProviderAddresses,
  })
  .meta({ id: 'ProviderPreset' });
export type ProviderPreset = z.output<typeof ProviderPreset>;

export const ProviderPresetList = z.strictObject({ items: z.array(ProviderPreset) }).meta({ id: 'ProviderPresetList' });
export type ProviderPresetList = z.output<typeof ProviderPresetList>;

export const ProviderPresetQuery = z.strictObject({
  provider: ProviderKey.optional().describe('Key the provider is to have; left out: that of the preset.'),
});
export type ProviderPresetQuery = z.output<typeof ProviderPresetQuery>;

export const ProviderPresetReference = z.strictObject({ preset: z.string().max(64) });
export type ProviderPresetReference = z.output<typeof ProviderPresetReference>;

export const ProviderDraftRequest = z.strictObject({
  provider: ProviderKey.optional().describe('Key the provider is to have; left out: that of the preset.'),
  inputs: z.record(z.string().max(64), z.string().max(2048)).default({}),
});
export type ProviderDraftRequest = z.output<typeof ProviderDraftRequest>;

export const ProviderDraft = z
  .strictObject({
    key: z.string(),
    provider: ProviderWithoutSecrets.describe('For `providers.<key>` of the document, with its secret added.'),
    mapping: Mapping.describe('For `mappings.<key>`.'),
    needsSecret: z.string().nullable().describe('Which member of the provider holds the secret it needs.'),
    guide: z.array(CopyableStep),
    advice: Advice,
    addresses: ProviderAddresses,
  })
  .meta({ id: 'ProviderDraft' });
export type ProviderDraft = z.output<typeof ProviderDraft>;

export const ConfiguredProvider = z
  .strictObject({
    key: z.string(),
    name: z.string(),
    enabled: z.boolean(),
    protocol: z.enum(['oidc', 'oauth2']),
    preset: z.string().nullable(),
    issuer: z.string(),
    clientId: z.string(),
    clientAuthentication: z.enum(clientAuthentications),
    addresses: ProviderAddresses,
    secret: z
      .strictObject({ member: z.string(), stored: z.boolean(), storedAt: Moment.nullable() })
      .nullable()
      .describe('Null: it proves itself with none.'),
    publicKeys: z
      .array(z.strictObject({ kind: z.string(), expiresAt: Moment.nullable().describe('Of a certificate.') }))
      .describe('Pasted ones; empty where keys are fetched.'),
    warnings: z.array(z.strictObject({ path: z.string(), message: z.string() })).describe('What to look at in time.'),
  })
  .meta({ id: 'ConfiguredProvider' });
export type ConfiguredProvider = z.output<typeof ConfiguredProvider>;

export const ConfiguredProviderList = z
  .strictObject({ items: z.array(ConfiguredProvider) })
  .meta({ id: 'ConfiguredProviderList' });
export type ConfiguredProviderList = z.output<typeof ConfiguredProviderList>;

export const ConfiguredProviderReference = z.strictObject({ key: z.string().max(64) });
export type ConfiguredProviderReference = z.output<typeof ConfiguredProviderReference>;

export const ProviderDetails = ConfiguredProvider.extend({
  configuration: ProviderWithoutSecrets,
  mapping: Mapping,
  guide: z.array(CopyableStep).describe('Of its preset.'),
  advice: Advice,
}).meta({ id: 'ProviderDetails' });
export type ProviderDetails = z.output<typeof ProviderDetails>;
