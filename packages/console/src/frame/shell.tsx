import { Suspense, useEffect, useRef, useState, type RefObject } from 'react';
import { Drawer } from 'antd';
import { Outlet, useLocation } from 'react-router-dom';
import { Navigation } from './navigation.tsx';
import { useText } from './reader.tsx';
import { TopBar } from './top-bar.tsx';
import { actOnce } from './act-once.ts';
import { returnFocus } from './focus-return.ts';
import styles from './shell.module.css';

/** The frame around every page: navigation at the left (a drawer on a phone), bar above, page below. */
export function Shell() {
  const { frame } = useText();
  const [drawerOpen, setDrawerOpen] = useState(false);
  const content = useRef<HTMLElement>(null);
  useFocusOnArrival(content);
  useEffect(returnFocus, []);
  useEffect(actOnce, []);
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#content">
        {frame.skipToContent}
      </a>
      <aside className={styles.side}>
        <div className={styles.fixed}>
          <Navigation />
        </div>
      </aside>
      <Drawer
        placement="left"
        open={drawerOpen}
        onClose={() => setDrawerOpen(false)}
        size={264}
        closable={false}
        title={null}
        styles={{ body: { padding: 0, background: '#efece3' } }}
        aria-label={frame.navigation}
      >
        <Navigation onGo={() => setDrawerOpen(false)} />
      </Drawer>
      <div className={styles.main}>
        <TopBar onOpenNavigation={() => setDrawerOpen(true)} />
        <main id="content" ref={content} className={styles.content} tabIndex={-1}>
          <Suspense fallback={null}>
            <Outlet />
          </Suspense>
        </main>
      </div>
    </div>
  );
}

/**
 * Whoever opens a row or follows a link within a page loses the focus with it: then it goes to the new page, so that Tab
 * goes on there and a screen reader begins to read it. In the navigation it stays where it is.
 */
function useFocusOnArrival(content: RefObject<HTMLElement | null>): void {
  const { pathname } = useLocation();
  const left = useRef(pathname);
  useEffect(() => {
    if (left.current === pathname) return;
    left.current = pathname;
    const { activeElement } = document;
    const isLost = activeElement === null || activeElement === document.body;
    if (isLost || content.current?.contains(activeElement)) content.current?.focus({ preventScroll: true });
  }, [pathname, content]);
}
