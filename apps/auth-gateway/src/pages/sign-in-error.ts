import { GatehouseError } from '@gatehouse/errors';
import type { ErrorCode } from '@gatehouse/errors';
import { personText } from './person-texts.js';

export interface SignInErrorDetails {
  readonly cause?: unknown;
  /** For the log: static words and codes, never something a stranger sent. */
  readonly internal?: string;
  readonly interaction?: string;
  readonly person?: string;
}

/** Ends a sign-in on the error page. */
export class SignInError extends GatehouseError {
  readonly interaction: string | undefined;
  readonly person: string | undefined;

  constructor(code: ErrorCode, { interaction, person, ...details }: SignInErrorDetails = {}) {
    super(code, personText(code).title, details);
    this.interaction = interaction;
    this.person = person;
  }
}
