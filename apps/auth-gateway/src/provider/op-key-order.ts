interface Aging {
  readonly createdAt: Date;
  readonly retiredAt: Date | null;
}

/**
 * First the key that is in use, then the others, newest first. In use is the one that retires next, and the newest where
 * none is about to: so a new key is published for a while before it signs.
 */
export function inOrderOfUse<Key extends Aging>(keys: readonly Key[], now: Date): readonly Key[] {
  const time = ({ retiredAt }: Key) => retiredAt?.getTime() ?? Infinity;
  const [inUse] = keys.filter((key) => time(key) > now.getTime()).sort((one, other) => time(one) - time(other));
  const others = keys
    .filter((key) => key !== inUse)
    .sort((one, other) => other.createdAt.getTime() - one.createdAt.getTime());
  return inUse ? [inUse, ...others] : others;
}
