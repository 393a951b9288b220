/** RFC 7644 3.12; the last three are of RFC 9865. */
export type ScimType =
  | 'invalidFilter'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue'
  | 'invalidVers'
  | 'sensitive'
  | 'invalidCursor'
  | 'expiredCursor'
  | 'invalidCount';

export const errorSchema = 'urn:ietf:params:scim:api:messages:2.0:Error';

/** An answer to a SCIM client. The detail goes to the client: attribute names and positions, never a value. */
export class ScimError extends Error {
  constructor(
    readonly status: number,
    readonly scimType: ScimType | undefined,
    readonly detail: string,
    options?: ErrorOptions,
  ) {
    super(detail, options);
    this.name = 'ScimError';
  }

  toBody(): { schemas: string[]; status: string; scimType?: ScimType; detail: string } {
    const { status, scimType, detail } = this;
    return { schemas: [errorSchema], status: String(status), ...(scimType && { scimType }), detail };
  }
}

export function badRequest(scimType: ScimType, detail: string, cause?: unknown): ScimError {
  return new ScimError(400, scimType, detail, cause === undefined ? undefined : { cause });
}
