import { opKeysToSign } from '@gatehouse/contracts';

interface Aging {
  readonly createdAt: Date;
  readonly retiredAt: Date | null;
}

/** First the key that is in use, then the others, newest first. */
export function inOrderOfUse<Key extends Aging>(keys: readonly Key[], now: Date): readonly Key[] {
  const [inUse] = opKeysToSign(keys, now);
  const others = keys
    .filter((key) => key !== inUse)
    .sort((one, other) => other.createdAt.getTime() - one.createdAt.getTime());
  return inUse ? [inUse, ...others] : others;
}
