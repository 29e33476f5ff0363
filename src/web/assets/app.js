// Comforts of the web view. Without this script everything can be read by links and forms.

document.documentElement.classList.add('scripted');

/** The elements in the text of a page of ours. */
function parsed(text) {
  return new DOMParser().parseFromString(text, 'text/html');
}

async function textOf(address) {
  const answer = await fetch(address, { credentials: 'same-origin' });
  const text = await answer.text();
  return answer.ok ? text : Promise.reject(new Error(String(answer.status)));
}

// The tree: buttons open what lies below a page, links at the end of a list bring its next piece.
for (const button of document.querySelectorAll('button[data-tree]')) button.hidden = false;

document.addEventListener('click', async (event) => {
  const button = event.target.closest('button[data-tree]');
  const more = event.target.closest('a[data-more]');
  if (more !== null && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    const list = parsed(await textOf(more.href)).querySelector('ul');
    const items = [...(list?.children ?? [])];
    more.closest('li').replaceWith(...items);
    prepare(items);
    items[0]?.querySelector('a')?.focus();
  }
  if (button === null) return;
  const item = button.closest('li');
  const below = item.querySelector(':scope > ul');
  const isOpen = button.getAttribute('aria-expanded') === 'true';
  button.setAttribute('aria-expanded', String(!isOpen));
  if (below !== null) below.hidden = isOpen;
  else if (!isOpen) {
    const list = parsed(await textOf(button.dataset.tree)).querySelector('ul');
    if (list === null || item.querySelector(':scope > ul') !== null) return;
    item.append(list);
    prepare([list]);
  }
});

function prepare(elements) {
  for (const element of elements)
    for (const button of element.querySelectorAll('button[data-tree]')) button.hidden = false;
}

// In the tree the arrow keys go up and down, open and close.
document.addEventListener('keydown', (event) => {
  const link = event.target.closest?.('.tree a, .tree button');
  if (!link) return;
  const all = [...document.querySelectorAll('.tree a')].filter((each) => each.offsetParent !== null);
  const item = link.closest('li');
  const own = item.querySelector('a');
  const at = all.indexOf(own);
  const button = item.querySelector(':scope > div > button');
  const isOpen = button?.getAttribute('aria-expanded') === 'true';
  if (event.key === 'ArrowDown') all[at + 1]?.focus();
  else if (event.key === 'ArrowUp') all[at - 1]?.focus();
  else if (event.key === 'ArrowRight') {
    if (button && !isOpen) button.click();
    else all[at + 1]?.focus();
  } else if (event.key === 'ArrowLeft') {
    if (isOpen) button.click();
    else item.parentElement.closest('li')?.querySelector('a')?.focus();
  } else return;
  event.preventDefault();
});

// The current page stands where it can be seen. Only the panel is moved: Tab goes on from an element that was scrolled into view.
const panelOfTree = document.querySelector('.side');
const current = panelOfTree?.querySelector('.tree a[aria-current]');
if (current) {
  const below = current.getBoundingClientRect().bottom - panelOfTree.getBoundingClientRect().bottom;
  if (below > 0) panelOfTree.scrollTop += below;
}

// Another snapshot is shown as soon as it is chosen.
for (const choice of document.querySelectorAll('.as-of select'))
  choice.addEventListener('change', () => choice.form.requestSubmit());

// Search: `/` and Ctrl-K go to the field; what is found comes as one types.
const field = document.querySelector('.top input[type=search]');
document.addEventListener('keydown', (event) => {
  const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== 'range';
  const isAsked = (event.key === '/' && !isTyping) || (event.key === 'k' && (event.ctrlKey || event.metaKey));
  if (!isAsked || field === null) return;
  event.preventDefault();
  field.focus();
  field.select();
});

let typed = 0;
let found = null;

function closeFound() {
  found?.remove();
  found = null;
}

async function searchNow(number) {
  const query = new URLSearchParams(new FormData(field.form));
  if ((query.get('q') ?? '').trim().length < 2) return closeFound();
  query.set('part', '1');
  const text = await textOf(`/search?${query}`).catch(() => '');
  // An answer that comes late is older than what stands in the field.
  if (number !== typed || document.activeElement !== field) return;
  closeFound();
  found = document.createElement('div');
  found.className = 'found';
  found.setAttribute('role', 'status');
  found.append(...parsed(text).body.childNodes);
  field.form.append(found);
}

field?.addEventListener('input', () => {
  typed += 1;
  const number = typed;
  setTimeout(() => number === typed && searchNow(number), 200);
});
field?.form.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') {
    closeFound();
    return;
  }
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const links = [field, ...(found?.querySelectorAll('.hits a') ?? [])];
  const at = links.indexOf(document.activeElement);
  links[at + (event.key === 'ArrowDown' ? 1 : -1)]?.focus();
  event.preventDefault();
});
document.addEventListener('click', (event) => {
  if (!event.target.closest('.search')) closeFound();
});

// Parts that take a while are loaded where their link stands.
document.addEventListener('click', async (event) => {
  const link = event.target.closest('a[data-load]');
  if (link === null || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const place = link.parentElement;
  place.setAttribute('aria-busy', 'true');
  const text = await textOf(`${link.href}?part=1`).catch(() => undefined);
  if (text === undefined) location.assign(link.href);
  else place.replaceChildren(...parsed(text).body.childNodes);
  place.removeAttribute('aria-busy');
});

// A row opens beside its database; with Ctrl, or from there, as a page of its own.
let beside = null;

function closeBeside() {
  beside?.panel.remove();
  beside?.link.focus();
  beside = null;
}

document.addEventListener('click', async (event) => {
  const link = event.target.closest('main a[data-beside]');
  if (link === null || event.ctrlKey || event.metaKey || event.shiftKey || innerWidth < 900) return;
  event.preventDefault();
  const text = await textOf(link.href).catch(() => undefined);
  const article = text === undefined ? null : parsed(text).querySelector('article');
  if (article === null) return location.assign(link.href);
  closeBeside();
  for (const element of article.querySelectorAll('[src],[href]'))
    for (const name of ['src', 'href']) {
      const value = element.getAttribute(name);
      if (value !== null) element.setAttribute(name, new URL(value, link.href).href);
    }
  const panel = document.createElement('section');
  panel.className = 'row-beside';
  panel.tabIndex = -1;
  panel.setAttribute('aria-label', link.textContent.trim());
  const bar = document.createElement('p');
  const whole = Object.assign(document.createElement('a'), {
    href: link.href,
    textContent: document.body.dataset.openPage,
  });
  const close = Object.assign(document.createElement('button'), {
    type: 'button',
    textContent: document.body.dataset.close,
  });
  close.addEventListener('click', closeBeside);
  bar.append(whole, ' ', close);
  panel.append(bar, article);
  document.querySelector('main').append(panel);
  beside = { panel, link };
  panel.focus();
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && beside !== null) closeBeside();
});

// A view that is not ready looks again by itself.
if (document.querySelector('[data-reload]') !== null) setTimeout(() => location.reload(), 1500);

// The slider of time: it loads the versions of a page when the page is there, and steps through them.
for (const bar of document.querySelectorAll('[data-time]')) loadTime(bar);

async function loadTime(bar) {
  const text = await textOf(bar.dataset.time).catch(() => '');
  bar.replaceChildren(...parsed(text).body.childNodes);
  const slider = bar.querySelector('input[type=range]');
  if (slider === null) return;
  const links = [...bar.querySelectorAll('ol a')];
  const label = bar.querySelector('output');
  const show = () => {
    const link = links[Number(slider.value)];
    label.textContent = link?.textContent ?? '';
    slider.setAttribute('aria-valuetext', label.textContent);
  };
  show();
  let moved = 0;
  slider.addEventListener('input', () => {
    show();
    moved += 1;
    const number = moved;
    setTimeout(() => {
      const link = links[Number(slider.value)];
      if (number === moved && link) location.assign(`${link.href}#time`);
    }, 350);
  });
  if (location.hash === '#time') slider.focus({ preventScroll: true });
}
