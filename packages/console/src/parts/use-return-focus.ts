import { useEffect, useState } from 'react';

/** Gives the focus back to what had it when a dialog was drawn, once the dialog is gone. */
export function useReturnFocus(): void {
  const [opener] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      // In the next frame the dialog no longer holds the focus. Another one that took its place keeps it.
      requestAnimationFrame(() => {
        if (document.activeElement?.closest('[role="dialog"]')) return;
        if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
      });
    },
    [opener],
  );
}
