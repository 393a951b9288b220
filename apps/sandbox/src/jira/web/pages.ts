import type { UserRow } from '../data/rows.js';
import { html } from './html.js';
import type { Html } from './html.js';
import { layout } from './layout.js';
import { loginAddress } from './destination.js';
import type { LoginMethods } from './decide-login.js';

export interface SignedIn {
  readonly user: UserRow;
  readonly groups: readonly string[];
  readonly isAdministrator: boolean;
  readonly hasApplicationAccess: boolean;
  readonly xsrfToken: string;
}

export function profilePage(contextPath: string, title: string, signedIn: SignedIn): Html {
  const { user, groups } = signedIn;
  const list = groups.map((name) => html`<li>${name}</li>`);
  return layout(
    { contextPath, title, nav: navOf(signedIn) },
    html`<h1>${title}</h1>
      ${signedIn.hasApplicationAccess ? undefined : html`<p class="error" role="alert">You don't have access to any Jira application. Please contact your Jira administrators.</p>`}
      <p>Signed in as <strong>${user.displayName}</strong>.</p>
      <dl>
        <dt>Full name</dt>
        <dd id="display-name">${user.displayName}</dd>
        <dt>Username</dt>
        <dd id="username">${user.name}</dd>
        <dt>E-mail</dt>
        <dd id="email">${user.emailAddress}</dd>
      </dl>
      <h2>Groups</h2>
      ${
        list.length > 0
          ? html`<ul id="groups">
              ${list}
            </ul>`
          : html`<p>In no group.</p>`
      }`,
  );
}

export function signedOutDashboard(contextPath: string, destination: string): Html {
  const login = loginAddress(destination);
  return layout(
    { contextPath, title: 'System Dashboard', nav: [{ text: 'Log In', href: login }] },
    html`<h1>System Dashboard</h1>
      <p>You are not signed in.</p>
      <p><a class="button" href="${contextPath}${login}">Log In</a></p>`,
  );
}

export interface LoginPage extends LoginMethods {
  readonly contextPath: string;
  readonly destination: string;
  readonly xsrfToken: string;
  /** Kept in the form's address, so that a refused password shows the form again. */
  readonly isFallback: boolean;
  readonly error?: string;
}

export function loginPage({ contextPath, destination, xsrfToken, form, idps, isFallback, error }: LoginPage): Html {
  const query = new URLSearchParams({ os_destination: destination }).toString();
  const links = idps.map(
    (idp) =>
      html`<a class="button" href="${contextPath}/plugins/servlet/external-login/${idp.id}?${query}"
        >${idp.buttonText}</a
      > `,
  );
  return layout(
    { contextPath, title: 'Log in' },
    html`<h1>Log in to Sandbox Jira</h1>
      ${error === undefined ? undefined : html`<p class="error" role="alert">${error}</p>`}
      ${form ? passwordForm(contextPath, destination, xsrfToken, isFallback) : undefined} ${links}`,
  );
}

function passwordForm(contextPath: string, destination: string, xsrfToken: string, isFallback: boolean): Html {
  return html`<form action="${contextPath}/login.jsp${isFallback ? '?auth_fallback' : ''}" method="post">
    <label for="login-form-username">Username</label>
    <input id="login-form-username" name="os_username" type="text" autocomplete="username" required />
    <label for="login-form-password">Password</label>
    <input id="login-form-password" name="os_password" type="password" autocomplete="current-password" required />
    <label class="check"
      ><input name="os_cookie" type="checkbox" value="true" /> Remember my login on this computer</label
    >
    <input name="os_destination" type="hidden" value="${destination}" />
    <input name="atl_token" type="hidden" value="${xsrfToken}" />
    <button type="submit">Log In</button>
  </form>`;
}

export function confirmLogoutPage(contextPath: string, xsrfToken: string): Html {
  return layout(
    { contextPath, title: 'Log out' },
    html`<h1>Log out</h1>
      <p>Do you want to log out of Jira?</p>
      <form action="${contextPath}/secure/Logout!default.jspa" method="post">
        <input name="atl_token" type="hidden" value="${xsrfToken}" />
        <button type="submit">Log Out</button>
      </form>`,
  );
}

export function messagePage(contextPath: string, title: string, ...paragraphs: string[]): Html {
  const nav = [{ text: 'Log In', href: loginAddress('/secure/Dashboard.jspa') }];
  return layout(
    { contextPath, title, nav },
    html`<h1>${title}</h1>
      ${paragraphs.map((text) => html`<p>${text}</p> `)}`,
  );
}

function navOf({ isAdministrator, xsrfToken }: SignedIn): { text: string; href: string }[] {
  return [
    ...(isAdministrator ? [{ text: 'Administration', href: '/secure/admin/ViewApplicationProperties.jspa' }] : []),
    { text: 'Log Out', href: `/secure/Logout!default.jspa?atl_token=${encodeURIComponent(xsrfToken)}` },
  ];
}
