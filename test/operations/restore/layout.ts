/** Measures the boxes of a page, in the browser. */

/** Faults of the page that is shown: what is wider than the screen, and texts that lie over each other. */
export const layoutFaults = `(() => {
  const faults = [];
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width + 1) faults.push('the page is ' + document.documentElement.scrollWidth + ' wide');
  const scrolls = (element) => {
    for (let each = element; each !== null; each = each.parentElement)
      if (/auto|scroll|hidden/.test(getComputedStyle(each).overflowX) && each !== document.body && each !== document.documentElement) return true;
    return false;
  };
  const name = (element) => element.tagName.toLowerCase() + '.' + element.className + ' ' + (element.textContent || '').trim().slice(0, 40);
  for (const element of document.body.querySelectorAll('*')) {
    const { left, right, width: own } = element.getBoundingClientRect();
    if (own > 0 && (right > width + 1 || left < -1) && !scrolls(element) && element.tagName !== 'INPUT') faults.push('wider: ' + name(element));
  }
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    if (node.data.trim() === '' || node.parentElement.closest('math') !== null || !node.parentElement.checkVisibility()) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) if (rect.width > 1 && rect.height > 1) texts.push({ node, rect });
  }
  // Lines from the top: only those that begin before the end of this one can lie over it.
  texts.sort((a, b) => a.rect.top - b.rect.top);
  for (let i = 0; i < texts.length; i += 1) {
    const a = texts[i].rect;
    for (let j = i + 1; j < texts.length && texts[j].rect.top < a.bottom; j += 1) {
      const b = texts[j].rect;
      if (texts[i].node === texts[j].node) continue;
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 2 && down > Math.min(a.height, b.height) / 2) faults.push('over each other: ' + texts[i].node.data.trim().slice(0, 30) + ' | ' + texts[j].node.data.trim().slice(0, 30));
    }
  }
  return faults.slice(0, 8);
})()`;

/** Names of the views of a database page; showing one by one. */
export const viewCount = `document.querySelectorAll('.views > input').length`;

export function showView(index: number): string {
  return `document.querySelectorAll('.views > input')[${index}].click()`;
}
