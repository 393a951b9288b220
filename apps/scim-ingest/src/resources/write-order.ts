/** Who changes something, and on which condition. */
export interface WriteOrder {
  readonly provider: string;
  readonly traceId: string;
  /** `If-Match`, or the `version` of a bulk operation. */
  readonly ifMatch?: string | undefined;
}
