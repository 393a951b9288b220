import type { ProviderTestResult, RawAnswer, TestedClaim } from '@gatehouse/contracts';
import { html } from '@gatehouse/web';
import type { Html } from '@gatehouse/web';

const shownValueMax = 2_000;
/** A hostile provider could fill a window; everything is in the answer of the API. */
const shownClaimsMax = 200;

type Claims = Readonly<Record<string, unknown>>;

/** What each source said, apart, and where something else counts than what it said. */
export function claimsPart(raw: RawAnswer, tested: ProviderTestResult['claims']): Html {
  return html`<h2>What the provider said</h2>
    <h3>ID token</h3>
    ${source(raw.idToken, tested, 'There is none: this provider speaks OAuth 2.0 only.')}
    <h3>Userinfo</h3>
    ${source(raw.userinfo, tested, 'It was not asked for, or there is none.')}
    <h3>Access token: not verified, not used</h3>
    ${accessToken(raw.accessToken)}`;
}

function source(of: RawAnswer['idToken'], tested: readonly TestedClaim[], none: string): Html {
  switch (of.state) {
    case 'read':
      return table(of.claims, (name, value) =>
        insteadOf(
          value,
          tested.find((claim) => claim.name === name),
        ),
      );
    case 'none':
      return html`<p>${none}</p>`;
    case 'failed':
      return html`<p>It could not be read or shown: ${of.reason}.</p>`;
  }
}

function accessToken(token: RawAnswer['accessToken']): Html {
  switch (token.kind) {
    case 'jwt':
      return html`<p>
          To look at only: a claim that is only here counts once the provider sends it in the ID token or userinfo.
        </p>
        ${table(token.claims, () => undefined)}`;
    case 'opaque':
      return html`<p>It is opaque: it shows nothing to anybody but the provider.</p>`;
    case 'encrypted':
      return html`<p>It is encrypted, for somebody else than us.</p>`;
    case 'unreadable':
      return html`<p>It is not shown: ${token.reason}.</p>`;
  }
}

/** Lists of two sources are united, and where they contradict each other the signed one counts. */
function insteadOf(value: unknown, tested: TestedClaim | undefined): unknown {
  return tested === undefined || JSON.stringify(tested.value) === JSON.stringify(value) ? undefined : tested.value;
}

function table(claims: Claims, instead: (name: string, value: unknown) => unknown): Html {
  const all = Object.entries(claims);
  if (all.length === 0) return html`<p>It has no claims.</p>`;
  return html`<table class="claims">
      <thead>
        <tr>
          <th scope="col">Claim</th>
          <th scope="col">Value</th>
        </tr>
      </thead>
      ${all.slice(0, shownClaimsMax).map(([name, value]) => {
        const counts = instead(name, value);
        return html`<tr>
          <th scope="row">${name}</th>
          <td>
            <code>${shown(value, counts)}</code
            >${counts !== undefined && html` counts as <code>${shown(counts, value)}</code>`}
          </td>
        </tr>`;
      })}
    </table>
    ${all.length > shownClaimsMax && html`<p>And ${all.length - shownClaimsMax} more.</p>`}`;
}

/** @param other beside which it stands: true and "true" must not look alike */
function shown(value: unknown, other?: unknown): string {
  const isPlain = typeof value === 'string' && (other === undefined || typeof other === 'string');
  const text = isPlain ? value : JSON.stringify(value, undefined, 1);
  return text.length > shownValueMax ? `${text.slice(0, shownValueMax)} ... (${text.length} characters)` : text;
}
