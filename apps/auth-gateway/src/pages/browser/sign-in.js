/**
 * The one script of the sign-in pages. Everything works without it. It says what a pressed button waits for, keeps it
 * from being pressed twice (E06), and copies what a person is asked to quote (E09). It asks no server for anything, and
 * every text is in the page already, as attributes that src/pages/press.ts and src/pages/problem-page.ts write.
 */
export {};

const stillAfterMs = 8_000;
const lateAfterMs = 20_000;

/** @type {{ control: HTMLElement, label: string, timers: number[] } | undefined} */
let pressed;
/** @type {{ element: HTMLElement, title: string } | undefined} */
let alert;

// There from the start: a live region that appears together with its first text is not read out.
const status = document.createElement('p');
status.className = 'announced';
status.setAttribute('role', 'status');
document.querySelector('main')?.append(status);

document.addEventListener('click', (event) => {
  const control = controlOf(event.target, 'a[data-going]');
  // With a key held, or another button of the mouse, the browser goes there in another window, and this one stays.
  const isHere = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (control && isHere && !event.defaultPrevented) press(control, event);
});

document.addEventListener('submit', (event) => {
  const control = controlOf(event.submitter, 'button[data-going]');
  if (control && !event.defaultPrevented) press(control, event);
});

// The back button may bring this very page back as it was left, and nobody should find a button that is still waiting.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) reset();
});

for (const details of document.querySelectorAll('[data-copy]')) offerCopy(/** @type {HTMLElement} */ (details));

/**
 * @param {EventTarget | null} target
 * @param {string} selector
 */
function controlOf(target, selector) {
  return target instanceof Element ? /** @type {HTMLElement | null} */ (target.closest(selector)) : null;
}

/**
 * @param {HTMLElement} control
 * @param {Event} event
 */
function press(control, event) {
  if (pressed?.control === control) {
    event.preventDefault();
    return;
  }
  reset(); // Whoever presses another button has changed their mind, and the browser goes there instead.
  const timers = [setTimeout(() => say(control.dataset['still']), stillAfterMs), setTimeout(tellLate, lateAfterMs)];
  pressed = { control, label: control.textContent, timers };
  // Not `disabled`: that would take the focus away, a link does not have it, and Firefox keeps it over a reload.
  control.setAttribute('aria-disabled', 'true');
  say(control.dataset['going']);
}

/** @param {string | undefined} text */
function say(text = '') {
  if (pressed) pressed.control.textContent = text;
  status.textContent = text;
}

/**
 * The browser is still on its way, and no page can tell how that ends: it can only say so, and offer to try again. An
 * answer that comes late still replaces this page.
 */
function tellLate() {
  if (!pressed) return;
  const { control } = pressed;
  reset();
  const element = document.createElement('div');
  element.setAttribute('role', 'alert');
  element.tabIndex = -1;
  const text = document.createElement('p');
  text.textContent = control.dataset['late'] ?? '';
  const again = document.createElement('button');
  again.type = 'button';
  again.className = 'button';
  again.textContent = control.dataset['again'] ?? '';
  again.addEventListener('click', () => {
    control.focus(); // Before the alert goes, and the focus with it.
    control.click();
  });
  element.append(text, again);
  document.querySelector('h1')?.after(element);
  alert = { element, title: document.title };
  document.title = `Error: ${document.title.replace(/^Error: /, '')}`;
  element.focus();
}

/** As the server sent the page. */
function reset() {
  status.textContent = '';
  if (pressed) {
    pressed.timers.forEach(clearTimeout);
    pressed.control.textContent = pressed.label;
    pressed.control.removeAttribute('aria-disabled');
  }
  if (alert) {
    alert.element.remove();
    document.title = alert.title;
  }
  pressed = undefined;
  alert = undefined;
}

/** @param {HTMLElement} details */
function offerCopy(details) {
  // Browsers have it on https and on this machine only.
  const clipboard = /** @type {Clipboard | undefined} */ (navigator.clipboard);
  if (!clipboard) return;
  const { copy = '', copyLabel = '', copied = '', copyFailed = '' } = details.dataset;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'button quiet';
  button.textContent = copyLabel;
  const result = document.createElement('p');
  result.setAttribute('role', 'status');
  button.addEventListener('click', () => {
    result.textContent = '';
    clipboard.writeText(copy).then(
      () => (result.textContent = copied),
      () => (result.textContent = copyFailed),
    );
  });
  details.append(button, result);
}
