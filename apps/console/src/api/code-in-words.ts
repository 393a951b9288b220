import { codes } from '@gatehouse/errors';
import type { ErrorCode } from '@gatehouse/errors';

/** What a newer version recorded may have a code that this one does not know. */
export function codeInWords(code: string | null): (typeof codes)[ErrorCode] | undefined {
  return code !== null && Object.hasOwn(codes, code) ? codes[code as ErrorCode] : undefined;
}
