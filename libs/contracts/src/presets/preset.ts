import type { z } from 'zod';
import type { Mapping } from '../mapping.js';
import type { ProviderAddresses } from '../provider-addresses.js';
import type { Provider, ProviderSecret } from '../provider.js';

/** Something that only the administrator knows. */
export interface PresetInput {
  readonly label: string;
  readonly help: string;
  readonly example: string;
  /** The whole value must fit, once it is tidied. */
  readonly pattern: RegExp;
  /** Left out, it is an empty text. */
  readonly optional?: true;
}

/** A start: every field of it may be changed before it is applied. Secrets are added by whoever applies it. */
export interface PresetDraft {
  readonly provider: Omit<z.input<typeof Provider>, ProviderSecret>;
  readonly mapping: z.input<typeof Mapping>;
}

export interface GuideStep {
  readonly text: string;
  readonly copy?: readonly { readonly label: string; readonly value: string }[];
}

/** Where what is missing or odd at a sign-in comes from at this provider, and what to change there. */
export interface PresetAdvice {
  readonly groups: string;
  readonly email?: string;
  readonly username?: string;
  readonly signOut?: string;
  readonly connection?: string;
}

interface PresetOf<Input extends string> {
  readonly key: string;
  readonly name: string;
  readonly inputs: Readonly<Record<Input, PresetInput>>;
  /** What the inputs ask for, out of what was given: trimmed texts, empty where nothing was. */
  readonly tidy?: (given: Readonly<Record<Input, string>>) => Readonly<Record<Input, string>>;
  /** What is wrong with values that each fit alone. */
  readonly check?: (values: Readonly<Record<Input, string>>) => { input: Input; message: string } | undefined;
  readonly draft: (values: Readonly<Record<Input, string>>) => PresetDraft;
  readonly guide: (addresses: ProviderAddresses) => readonly GuideStep[];
  readonly advice: PresetAdvice;
}

export type Preset = PresetOf<string>;

export function definePreset<Input extends string>(preset: PresetOf<Input>): Preset {
  return preset;
}
