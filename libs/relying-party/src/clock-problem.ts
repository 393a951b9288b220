export interface TimedClaims {
  readonly iat?: unknown;
  readonly exp?: unknown;
  readonly nbf?: unknown;
}

export interface Clocks {
  readonly nowSeconds: number;
  readonly toleranceSeconds: number;
}

/** A token is made for the exchange it is sent in; a code lives ten minutes at most (RFC 6749 4.1.2). */
const ageMaxSeconds = 600;
/** Less than this is the way a request takes, not a clock. */
const agreementSeconds = 5;

/** @returns why a token is refused for its times, with the measured skew (P09); undefined when it is not */
export function clockProblem({ iat, exp, nbf }: TimedClaims, clocks: Clocks): string | undefined {
  const { nowSeconds, toleranceSeconds } = clocks;
  if (typeof iat !== 'number') return 'iat is missing';
  const skew = skewText(iat, clocks);
  if (typeof exp === 'number' && exp <= nowSeconds - toleranceSeconds)
    return `exp passed ${seconds(nowSeconds - exp)} ago: ${skew}`;
  if (typeof nbf === 'number' && nbf > nowSeconds + toleranceSeconds)
    return `nbf is ${seconds(nbf - nowSeconds)} ahead: ${skew}`;
  if (iat > nowSeconds + toleranceSeconds) return `iat is ${seconds(iat - nowSeconds)} ahead: ${skew}`;
  // O18, whatever its expiry says.
  if (iat < nowSeconds - ageMaxSeconds) return `iat is ${seconds(nowSeconds - iat)} old: ${skew}`;
  return undefined;
}

/** An ID token comes straight from the provider, so its `iat` is what the provider's clock says now. */
function skewText(iat: number, { nowSeconds, toleranceSeconds }: Clocks): string {
  const skew = iat - nowSeconds;
  const measured =
    Math.abs(skew) <= agreementSeconds
      ? 'by iat the clocks agree'
      : skew > 0
        ? `by iat the provider's clock is ${seconds(skew)} ahead of this server's`
        : `by iat this server's clock is ${seconds(-skew)} ahead of the provider's`;
  return `${measured}, ${toleranceSeconds} s are tolerated`;
}

function seconds(number: number): string {
  return `${Math.round(number)} s`;
}
