/** As many elements as may have gone with menus and dialogs on the way to one that is still there. */
const REMEMBERED = 20;

/**
 * Gives the focus back to where it was when a dialog or drawer goes: dialogs of antd do so when they are closed, not when
 * they are taken away, as pages do. Returns what ends it.
 */
export function returnFocus(): () => void {
  const visited: HTMLElement[] = [];
  /** Asked when they get the focus: what is taken away stands in nothing any more. */
  const inDialog = new WeakSet<HTMLElement>();
  const remember = ({ target }: FocusEvent): void => {
    if (!(target instanceof HTMLElement) || target === document.body) return;
    const before = visited.indexOf(target);
    if (before >= 0) visited.splice(before, 1);
    visited.push(target);
    if (target.closest('[role="dialog"], .ant-modal-wrap, .ant-drawer')) inDialog.add(target);
    if (visited.length > REMEMBERED) visited.shift();
  };
  const giveBack = (): void => {
    const { activeElement } = document;
    if (activeElement !== null && activeElement !== document.body) return;
    // What lies behind another dialog that is still open stays behind it.
    const within = [...document.querySelectorAll('[role="dialog"]')].filter(isShown).at(-1);
    const last = visited.findLast((each) => isShown(each) && (within?.contains(each) ?? true));
    last?.focus({ preventScroll: true });
  };
  const observer = new MutationObserver(() => {
    const last = visited.at(-1);
    if (last && inDialog.has(last) && !last.isConnected) giveBack();
  });
  document.addEventListener('focusin', remember);
  // Dialogs stand beside the page, in elements that may outlive them.
  observer.observe(document.body, { childList: true, subtree: true });
  return () => {
    document.removeEventListener('focusin', remember);
    observer.disconnect();
  };
}

function isShown(element: Element): boolean {
  return element.isConnected && element.getClientRects().length > 0;
}
