/** By the codes of Node's network and TLS layers and of undici. */
const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name cannot be looked up now',
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the connection was cut',
  EHOSTUNREACH: 'there is no way to its host',
  ENETUNREACH: 'there is no way to its network',
  ETIMEDOUT: 'it is too slow',
  UND_ERR_CONNECT_TIMEOUT: 'it is too slow',
  UND_ERR_SOCKET: 'the connection was cut',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'its answer is too large',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an authority that this server does not know',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate comes from an authority that this server does not know',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'it does not send the certificate of its authority',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  EPROTO: 'it does not speak TLS there',
};

const depthMax = 4;
const unreadable = 'its answer cannot be read';

/** Why there was no answer, in our words: an error's own text may quote what a stranger sent. */
export function unreachableReason(error: unknown, depth = 0): string {
  if (typeof error !== 'object' || error === null || depth > depthMax) return unreadable;
  const { code, name, message, cause, errors } = error as Partial<Record<keyof AggregateError | 'code', unknown>>;
  if (code === 'ADDRESS_REFUSED') return String(message); // Ours.
  if (name === 'TimeoutError') return 'it is too slow';
  if (code === 'ERR_INVALID_URL') return 'its address is not a URL';
  if (typeof code === 'string') {
    if (Object.hasOwn(reasons, code)) return reasons[code]!;
    if (/^ERR_(SSL|TLS)/.test(code)) return 'it does not speak TLS as it should';
  }
  return unreachableReason(Array.isArray(errors) ? errors[0] : cause, depth + 1);
}
