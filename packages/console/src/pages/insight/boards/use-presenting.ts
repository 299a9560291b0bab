import { useCallback, useEffect, useState } from 'react';

/** Full screen for a meeting; leaving it, by Esc too, brings the page back. Where the browser has none, the window serves. */
export function usePresenting(): { presenting: boolean; present: () => void } {
  const [presenting, setPresenting] = useState(false);
  useEffect(() => {
    if (!presenting) return;
    const onScreen = () => {
      if (!document.fullscreenElement) setPresenting(false);
    };
    const onKey = (event: KeyboardEvent) => {
      // In full screen the browser itself takes Esc; a drawer that is open takes it first.
      if (event.key === 'Escape' && !document.querySelector('[role="dialog"]')) setPresenting(false);
    };
    document.addEventListener('fullscreenchange', onScreen);
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('fullscreenchange', onScreen);
      document.removeEventListener('keydown', onKey);
      if (document.fullscreenElement) void document.exitFullscreen();
    };
  }, [presenting]);
  const present = useCallback(() => {
    setPresenting(true);
    // The whole document, so that drawers and menus, which hang on its body, are seen too.
    void document.documentElement.requestFullscreen?.().catch(() => undefined);
  }, []);
  return { presenting, present };
}
