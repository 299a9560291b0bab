import { Suspense, useState } from 'react';
import { Drawer } from 'antd';
import { Outlet } from 'react-router-dom';
import { Navigation } from './navigation.tsx';
import { useText } from './reader.tsx';
import { TopBar } from './top-bar.tsx';
import styles from './shell.module.css';

/** The frame around every page: navigation at the left (a drawer on a phone), bar above, page below. */
export function Shell() {
  const { frame } = useText();
  const [drawerOpen, setDrawerOpen] = useState(false);
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
        <main id="content" className={styles.content} tabIndex={-1}>
          <Suspense fallback={null}>
            <Outlet />
          </Suspense>
        </main>
      </div>
    </div>
  );
}
