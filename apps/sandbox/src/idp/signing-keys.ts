import { randomBytes } from 'node:crypto';
import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import type { CryptoKey, JWK, JWTPayload } from 'jose';

interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

/** As at Cognito ID and access tokens are signed by two different keys, both published. */
interface KeyPair {
  readonly id: SigningKey;
  readonly access: SigningKey;
}

const pairsKept = 5;

/** The RS256 keys of the pool, newest first. The first `published` pairs are in the JWKS. */
export class SigningKeys {
  private published = 1;

  private constructor(private pairs: readonly KeyPair[]) {}

  static async create(): Promise<SigningKeys> {
    return new SigningKeys([await newPair()]);
  }

  /** @param keepOld publish the former keys too, as a provider does that rotates with an overlap */
  async rotate(keepOld: boolean): Promise<void> {
    const pair = await newPair();
    this.pairs = [pair, ...this.pairs].slice(0, pairsKept);
    this.published = keepOld ? Math.min(this.published + 1, pairsKept) : 1;
  }

  jwks(): { keys: JWK[] } {
    return { keys: publicJwks(this.pairs.slice(0, this.published)) };
  }

  sign(use: keyof KeyPair, claims: JWTPayload): Promise<string> {
    const { kid, privateKey } = this.pairs[0]![use];
    return new SignJWT(claims).setProtectedHeader({ kid, alg: 'RS256' }).sign(privateKey);
  }

  /**
   * Own tokens stay good when their key is rotated away, so every kept key counts here.
   * @throws when the token is not ours or has expired
   */
  async verify(token: string, issuer: string, now: number): Promise<JWTPayload> {
    const keys = createLocalJWKSet({ keys: publicJwks(this.pairs) });
    const { payload } = await jwtVerify(token, keys, { issuer, algorithms: ['RS256'], currentDate: new Date(now) });
    return payload;
  }
}

function publicJwks(pairs: readonly KeyPair[]): JWK[] {
  return pairs.flatMap(({ id, access }) => [id.publicJwk, access.publicJwk]);
}

async function newPair(): Promise<KeyPair> {
  const [id, access] = await Promise.all([newKey(), newKey()]);
  return { id, access };
}

async function newKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { modulusLength: 2048 });
  // Cognito's kids are plain base64, with "+", "/" and "=" in them.
  const kid = randomBytes(32).toString('base64');
  const { kty, n, e } = await exportJWK(publicKey);
  return { kid, privateKey, publicJwk: { alg: 'RS256', e, kid, kty, n, use: 'sig' } };
}
