import type { Page } from 'playwright-core';

/**
 * What keeps a page from whoever uses no mouse or sees no screen: elements that act on a click and cannot be reached by
 * Tab, and controls without a name. Each as a sentence; none is well. Handlers are read from React's own properties.
 */
export function auditPage(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const REACHABLE =
      'a[href], button, input, select, textarea, summary, [contenteditable="true"], [tabindex]:not([tabindex="-1"])';
    // One of them is reached by Tab, the others by the arrow keys of their group or of the field that controls them.
    const BY_ARROWS = '[role="option"], [role="tab"], [role="menuitem"], [role="radio"], [role="treeitem"]';
    // Acts on a click beside its parts, which can be reached: an empty place that closes what is open, the space around a
    // tab, and what a graph would let people connect or select if it could be edited.
    const BACKGROUND =
      '.react-flow__pane, .react-flow__handle, .react-flow__edge, .ant-drawer-mask, .ant-modal-wrap, .ant-tabs-tab';
    const CONTROLS =
      'button, a[href], input, select, textarea, [role="button"], [role="link"], [role="combobox"], [role="checkbox"], [role="switch"], [role="slider"], [role="tab"], [role="textbox"]';

    const isDrawn = (element: Element): boolean =>
      element.checkVisibility({ visibilityProperty: true }) &&
      element.closest('[aria-hidden="true"]') === null;
    const said = (element: Element): string => {
      const { className, tagName } = element;
      const name = typeof className === 'string' && className ? `.${className.split(' ').join('.')}` : '';
      return `${tagName.toLowerCase()}${name} "${(element.textContent ?? '').trim().slice(0, 30)}"`;
    };
    const actsOnClick = (element: Element): boolean => {
      const key = Object.keys(element).find((each) => each.startsWith('__reactProps$'));
      const handlers = key && (element as unknown as Record<string, { onClick?: unknown }>)[key];
      return typeof handlers === 'object' && typeof handlers.onClick === 'function';
    };
    const textOf = (ids: string | null): string =>
      (ids ?? '')
        .split(' ')
        .map((id) => document.getElementById(id)?.textContent ?? '')
        .join(' ');
    /** Text within, without pictures, whose names are those of their files. */
    const written = (element: Element): string => {
      const copy = element.cloneNode(true) as Element;
      for (const picture of copy.querySelectorAll('.anticon, [aria-hidden="true"]')) picture.remove();
      const named = [...copy.querySelectorAll('[aria-label]')].map((each) => each.getAttribute('aria-label'));
      return [copy.textContent ?? '', ...named].join('');
    };
    const nameOf = (element: Element): string =>
      [
        element.getAttribute('aria-label') ?? '',
        textOf(element.getAttribute('aria-labelledby')),
        ...[...((element as HTMLInputElement).labels ?? [])].map(written),
        element.matches('input, select, textarea') ? '' : written(element),
        element.getAttribute('title') ?? '',
      ]
        .join('')
        .trim();

    const all = [...document.querySelectorAll('body *')].filter(isDrawn);
    const unreachable = all.filter(
      (element) =>
        actsOnClick(element) &&
        !element.matches(`${REACHABLE}, ${BY_ARROWS}, ${BACKGROUND}, label, :disabled`) &&
        element.querySelector(REACHABLE) === null &&
        !element.parentElement?.closest(`button, a[href], label, ${BY_ARROWS}`),
    );
    const nameless = all.filter((element) => element.matches(CONTROLS) && nameOf(element) === '');
    return [
      ...unreachable.map((element) => `acts on a click, out of reach of Tab: ${said(element)}`),
      ...nameless.map((element) => `has no name: ${said(element)}`),
    ];
  });
}
