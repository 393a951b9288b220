import type { GuideStep, Preset, ProviderAddresses, ProviderDraft, ProviderPreset } from '@gatehouse/contracts';

export function shownPreset(preset: Preset, addresses: ProviderAddresses): ProviderPreset {
  const { key, name, inputs } = preset;
  return {
    key,
    name,
    inputs: Object.entries(inputs).map(([input, { label, help, example, pattern, optional }]) => ({
      name: input,
      label,
      help,
      example,
      pattern: pattern.source,
      required: !optional,
    })),
    ...shownHelp(preset, addresses),
    addresses,
  };
}

/** Guide and advice, for a preset or for a provider that was made from one. */
export function shownHelp(
  preset: Preset | undefined,
  addresses: ProviderAddresses,
): Pick<ProviderDraft, 'guide' | 'advice'> {
  if (!preset) return { guide: [], advice: {} };
  return { guide: preset.guide(addresses).map(shownStep), advice: { ...preset.advice } };
}

function shownStep({ text, copy = [] }: GuideStep): ProviderDraft['guide'][number] {
  return { text, copy: copy.map((value) => ({ ...value })) };
}
