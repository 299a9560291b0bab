/** What a second click of a double click would send, create or confirm again. */
const ACTS = '.ant-btn-primary, .ant-btn-dangerous';

/**
 * A double click on a button that sends something acts once: the answer that would disable the button is not there yet
 * when the second click comes, and two dashboards of one name were made. Returns what ends it.
 */
export function actOnce(): () => void {
  const stopSecond = (event: MouseEvent): void => {
    // The browser counts clicks of one place that follow each other quickly; keys and scripts count as 0 or 1.
    if (event.detail < 2 || !(event.target instanceof Element) || !event.target.closest(ACTS)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  document.addEventListener('click', stopSecond, { capture: true });
  return () => document.removeEventListener('click', stopSecond, { capture: true });
}
